using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Echo;

/// <summary>What to answer to a datagram; null: nothing.</summary>
internal delegate byte[]? UdpAnswer(ReadOnlySpan<byte> datagram, IPEndPoint client);

/// <summary>A UDP socket that answers each datagram with one.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly UdpAnswer answer;
    private readonly Socket socket;
    private readonly Task answering;

    private UdpEcho(Socket socket, UdpAnswer answer)
    {
        this.socket = socket;
        this.answer = answer;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        answering = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What the datagram said and who answers, as JSON.</summary>
    public static UdpAnswer Json(EchoIdentity identity) => (datagram, _) => JsonSerializer.SerializeToUtf8Bytes(
        new UdpEchoAnswer(Encoding.UTF8.GetString(datagram), identity.Namespace, identity.Ingress, identity.Service, identity.Pod),
        EchoJson.Line);

    public static UdpEcho Start(IPEndPoint endpoint, UdpAnswer answer)
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
                if (answer(datagram.AsSpan(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint) is byte[] reply)
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
}
