using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>One datagram from a socket of its own, and the one that comes back: of the echo, or of a DNS server.</summary>
internal static class DatagramExchange
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public static async Task<Reply> RunAsync(Sending sending, IPEndPoint address, CancellationToken cancel)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        bool dns = sending.Protocol == LiveProtocol.Dns;
        byte[] datagram = dns ? Query(sending.Host) : Encoding.ASCII.GetBytes(Guid.NewGuid().ToString());
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        waiting.CancelAfter(Silence);
        try
        {
            await socket.ConnectAsync(address, cancel);
            await socket.SendAsync(datagram, cancel);
            byte[] buffer = new byte[65536];
            int length = await socket.ReceiveAsync(buffer, waiting.Token);
            return dns ? OfDns(datagram, buffer.AsSpan(0, length)) : OfEcho(datagram, buffer.AsSpan(0, length));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Reply { Fault = "no datagram comes back", Closed = true };
        }
        catch (SocketException e)
        {
            // A port that is closed says so by ICMP.
            return new Reply { Fault = $"transport error: {e.Message}", Closed = true };
        }
        catch (JsonException e)
        {
            return new Reply { Fault = $"the datagram is no echo's: {e.Message}" };
        }
    }

    private static Reply OfEcho(byte[] sent, ReadOnlySpan<byte> received)
    {
        UdpEchoAnswer answer = UdpEchoAnswer.Parse(received);
        return answer.Request == Encoding.ASCII.GetString(sent)
            ? new Reply { Status = 200, Backend = new BackendView(new EchoIdentity(answer.Namespace, answer.Ingress, answer.Service, answer.Pod)) }
            : new Reply { Fault = $"the answer is to \"{answer.Request}\"" };
    }

    /// <summary>Sound: a response (QR) to this very question, without an error (RCODE 0).</summary>
    private static Reply OfDns(byte[] sent, ReadOnlySpan<byte> received) =>
        received.Length >= sent.Length
        && received[..2].SequenceEqual(sent.AsSpan(0, 2))
        && (received[2] & 0x80) != 0
        && (received[3] & 0x0F) == 0
        && received[12..sent.Length].SequenceEqual(sent.AsSpan(12))
            ? new Reply { Status = 200 }
            : new Reply { Fault = $"the datagram is no good answer: {Convert.ToHexString(received)}" };

    /// <summary>An A query with recursion (RFC 1035 4.1).</summary>
    private static byte[] Query(string name)
    {
        List<byte> query = [.. RandomNumberGenerator.GetBytes(2), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (string label in name.TrimEnd('.').Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange([0, 0, 1, 0, 1]);
        return [.. query];
    }
}
