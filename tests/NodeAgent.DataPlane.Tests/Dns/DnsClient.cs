using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Tests.Tcp;

namespace NodeAgent.DataPlane.Tests.Dns;

internal static class DnsClient
{
    public static async Task<byte[]> AskAsync(IPEndPoint server, byte[] query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server);
        await socket.SendAsync(query);
        byte[] buffer = new byte[65536];
        int length = await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Net.Patience);
        return buffer[..length];
    }

    public static async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] query)
    {
        using NetworkStream stream = await ConnectAsync(server);
        await SendFramedAsync(stream, query);
        return await ReadFramedAsync(stream).WaitAsync(Net.Patience);
    }

    public static async Task<NetworkStream> ConnectAsync(IPEndPoint server) => new(await Net.ConnectAsync(server), ownsSocket: true);

    public static Task SendFramedAsync(Stream stream, byte[] message) =>
        stream.WriteAsync((byte[])[.. Message.Word(message.Length), .. message]).AsTask();

    public static async Task<byte[]> ReadFramedAsync(Stream stream)
    {
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length);
        byte[] message = new byte[Message.Id(length)];
        await stream.ReadExactlyAsync(message);
        return message;
    }
}
