using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Echo;

/// <summary>A UDP socket that answers each datagram with one: JSON, or an answer to a question about a name.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly Func<ReadOnlyMemory<byte>, IPEndPoint, byte[]?> answer;
    private readonly Socket socket;
    private readonly Task answering;

    private UdpEcho(Socket socket, Func<ReadOnlyMemory<byte>, IPEndPoint, byte[]?> answer)
    {
        this.socket = socket;
        this.answer = answer;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        answering = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    public static UdpEcho Start(IPEndPoint endpoint, EchoIdentity identity) => Start(endpoint, (datagram, _) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new UdpEchoAnswer(Encoding.UTF8.GetString(datagram.Span), identity.Namespace, identity.Ingress, identity.Service, identity.Pod),
            EchoJson.Line));

    /// <summary>A name server that answers every question with the IPv4 address of who asks.</summary>
    public static UdpEcho StartDns(IPEndPoint endpoint) => Start(endpoint, WhoAmI);

    private static UdpEcho Start(IPEndPoint endpoint, Func<ReadOnlyMemory<byte>, IPEndPoint, byte[]?> answer)
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

        return new UdpEcho(socket, answer);
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
                if (answer(datagram.AsMemory(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint) is byte[] reply)
                {
                    await socket.SendToAsync(reply, received.RemoteEndPoint);
                }
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

    /// <summary>RFC 1035 section 4: the question comes back with one A record that points to its name.</summary>
    /// <returns>Null for what is no question.</returns>
    private static byte[]? WhoAmI(ReadOnlyMemory<byte> query, IPEndPoint client)
    {
        const int HeaderBytes = 12;
        const int TypeAndClassBytes = 4;
        ReadOnlySpan<byte> bytes = query.Span;
        int end = HeaderBytes;
        while (end < bytes.Length && bytes[end] != 0)
        {
            end += 1 + bytes[end];
        }

        end += 1 + TypeAndClassBytes;
        if (end > bytes.Length)
        {
            return null;
        }

        byte[] address = client.Address.MapToIPv4().GetAddressBytes();
        return [.. bytes[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. bytes[HeaderBytes..end], 0xC0, HeaderBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address];
    }
}
