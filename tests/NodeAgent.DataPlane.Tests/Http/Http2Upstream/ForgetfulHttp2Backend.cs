using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>Speaks just enough HTTP/2 to answer 204 to the first requests of a connection; the next one ends the connection without a word.</summary>
internal sealed class ForgetfulHttp2Backend : IAsyncDisposable
{
    private const int PrefaceLength = 24;
    private const int Headers = 1;
    private const int Settings = 4;
    private const int EndOfStreamAndHeaders = 5;
    private const byte IndexedStatus204 = 0x89;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _requestsPerConnection;
    private readonly Task _running;
    private int _connections;

    public ForgetfulHttp2Backend(int requestsPerConnection)
    {
        _requestsPerConnection = requestsPerConnection;
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _running = RunAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>So many were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _running;
    }

    private async Task RunAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                open.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Disposed.
        }

        await Task.WhenAll(open);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient closing = client;
        NetworkStream stream = client.GetStream();
        byte[] head = new byte[9];
        try
        {
            await stream.ReadExactlyAsync(new byte[PrefaceLength]);
            await stream.WriteAsync(Frame(Settings, 0, 0));
            for (int requests = 0; ;)
            {
                await stream.ReadExactlyAsync(head);
                await stream.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
                if (head[3] != Headers)
                {
                    continue;
                }

                if (requests++ == _requestsPerConnection)
                {
                    return;
                }

                await stream.WriteAsync(Frame(Headers, EndOfStreamAndHeaders, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), IndexedStatus204));
            }
        }
        catch (IOException)
        {
            // The gateway has closed.
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, params byte[] payload)
    {
        byte[] frame = [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }
}
