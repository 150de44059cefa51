using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Echo;

/// <summary>A UDP socket that answers each datagram with one JSON datagram.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly EchoIdentity identity;
    private readonly Socket socket;
    private readonly Task answering;

    private UdpEcho(Socket socket, EchoIdentity identity)
    {
        this.socket = socket;
        this.identity = identity;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        answering = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    public static UdpEcho Start(IPEndPoint endpoint, EchoIdentity identity)
    {
        Socket socket = new(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(endpoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new UdpEcho(socket, identity);
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await answering;
    }

    private async Task AnswerAsync()
    {
        byte[] datagram = new byte[65536];
        IPEndPoint anyone = new(EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(datagram, anyone);
                UdpEchoAnswer answer = new(
                    Encoding.UTF8.GetString(datagram, 0, received.ReceivedBytes),
                    identity.Namespace,
                    identity.Ingress,
                    identity.Service,
                    identity.Pod);
                await socket.SendToAsync(JsonSerializer.SerializeToUtf8Bytes(answer, EchoJson.Line), received.RemoteEndPoint);
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier answer, or an answer too large for a datagram: the next one may work.
            }
        }
    }
}
