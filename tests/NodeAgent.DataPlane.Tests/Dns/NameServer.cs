using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.DataPlane.Tests.Dns;

/// <summary>Answers by UDP and TCP on one port, as its script says; null says nothing.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<byte[], IEnumerable<byte[]>> _script;
    private readonly Task _running;

    private NameServer(IPAddress address, Func<byte[], IEnumerable<byte[]>> script)
    {
        _script = script;
        _udp.Bind(new IPEndPoint(address, 0));
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _tcp.Bind(EndPoint);
        _tcp.Listen();
        _running = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Every query by UDP with the port it came from.</summary>
    public ConcurrentQueue<(byte[] Query, int Port)> Asked { get; } = new();

    public static NameServer Start(Func<byte[], IEnumerable<byte[]>> script) => new(Tcp.TcpRig.NewAddress(), script);

    /// <summary>Answers everything with 192.0.2.<paramref name="octet"/>.</summary>
    public static NameServer Start(byte octet) => Start(query => [Message.Answer(query, octet)]);

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        _tcp.Dispose();
        await _running;
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                byte[] query = buffer[..got.ReceivedBytes];
                Asked.Enqueue((query, ((IPEndPoint)got.RemoteEndPoint).Port));
                foreach (byte[] answer in _script(query))
                {
                    await _udp.SendToAsync(answer, got.RemoteEndPoint);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _tcp.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (true)
            {
                byte[] query = await DnsClient.ReadFramedAsync(stream);
                foreach (byte[] answer in _script(query))
                {
                    await stream.WriteAsync((byte[])[.. Message.Word(answer.Length), .. answer]);
                }
            }
        }
        catch (IOException)
        {
            // The client has closed.
        }
    }
}
