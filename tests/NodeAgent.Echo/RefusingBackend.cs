using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Echo;

/// <summary>An address that refuses every connection for as long as it lives: bound, so nobody else takes it, and never listening.</summary>
public sealed class RefusingBackend : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingBackend()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    public void Dispose() => socket.Dispose();
}
