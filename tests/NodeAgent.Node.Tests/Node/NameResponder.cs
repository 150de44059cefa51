using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Node.Tests.Node;

/// <summary>A name server that answers every question with one A record, by UDP and by TCP on one loopback port.</summary>
internal sealed class NameResponder : IAsyncDisposable
{
    private readonly byte _lastOctet;
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _serving;

    /// <param name="lastOctet">Of the answer, 192.0.2.x.</param>
    public NameResponder(byte lastOctet)
    {
        _lastOctet = lastOctet;
        _tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_tcp.LocalEndPoint!;
        _udp.Bind(EndPoint);
        _tcp.Listen();
        _serving = Task.WhenAll(ServeDatagramsAsync(), ServeConnectionsAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Asks for the A record of <paramref name="name"/>.</summary>
    /// <returns>The RCODE, and the last octet of the answer; 0 without one.</returns>
    public static async Task<(int Rcode, int LastOctet)> AskAsync(string address, int port, string name, bool tcp)
    {
        byte[] query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(Label), 0, 0, 1, 0, 1];
        using var socket = new Socket(
            AddressFamily.InterNetwork, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        await socket.ConnectAsync(IPAddress.Parse(address), port).WaitAsync(Client.Patience);
        byte[] answer = new byte[512];
        if (tcp)
        {
            using var stream = new NetworkStream(socket);
            await stream.WriteAsync((byte[])[0, (byte)query.Length, .. query]);
            await stream.ReadExactlyAsync(answer, 0, 2).AsTask().WaitAsync(Client.Patience);
            int length = (answer[0] << 8) | answer[1];
            await stream.ReadExactlyAsync(answer, 0, length).AsTask().WaitAsync(Client.Patience);
            answer = answer[..length];
        }
        else
        {
            await socket.SendAsync(query);
            answer = answer[..await socket.ReceiveAsync(answer.AsMemory()).AsTask().WaitAsync(Client.Patience)];
        }

        Assert.Equal(query[..2], answer[..2]);
        return (answer[3] & 0xf, answer[7] > 0 ? answer[^1] : 0);
    }

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        _tcp.Dispose();
        await _serving;
    }

    private static byte[] Label(string label) => [(byte)label.Length, .. System.Text.Encoding.ASCII.GetBytes(label)];

    private byte[] Answer(ReadOnlySpan<byte> query) =>
        [.. query[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. query[12..], 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, _lastOctet];

    private async Task ServeDatagramsAsync()
    {
        byte[] buffer = new byte[512];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await _udp.SendToAsync(Answer(buffer.AsSpan(0, got.ReceivedBytes)), got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeConnectionsAsync()
    {
        try
        {
            while (true)
            {
                using var stream = new NetworkStream(await _tcp.AcceptAsync(), ownsSocket: true);
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length);
                byte[] query = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(query);
                byte[] answer = Answer(query);
                await stream.WriteAsync((byte[])[0, (byte)answer.Length, .. answer]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
