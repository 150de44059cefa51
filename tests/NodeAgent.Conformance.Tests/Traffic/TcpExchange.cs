using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>A connection to a backend that speaks first: its greeting, PING, and TEST, which tells who it is.</summary>
internal static class TcpExchange
{
    private const string Greeting = "Gateway API Test TCP Server";

    public static async Task<Reply> RunAsync(IPEndPoint address, TlsClient? tls, CancellationToken cancel)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancel);
            await using NetworkStream plain = new(socket, ownsSocket: false);
            if (tls is null)
            {
                return await TalkAsync(plain, cancel);
            }

            await using SslStream secured = new(plain);
            await secured.AuthenticateAsClientAsync(tls.Options(), cancel);
            return await TalkAsync(secured, cancel) with { Asked = tls.Asked };
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or JsonException)
        {
            return TransportFault.Of(e);
        }
    }

    private static async Task<Reply> TalkAsync(Stream stream, CancellationToken cancel)
    {
        string greeting = await LineAsync(stream, cancel);
        if (greeting != Greeting)
        {
            return new Reply { Fault = $"the greeting is \"{greeting}\"" };
        }

        await stream.WriteAsync("PING\n"u8.ToArray(), cancel);
        string pong = await LineAsync(stream, cancel);
        if (pong != "PONG")
        {
            return new Reply { Fault = $"the answer to PING is \"{pong}\"" };
        }

        await stream.WriteAsync("TEST\n"u8.ToArray(), cancel);
        TcpEchoAnswer answer = TcpEchoAnswer.Parse(await LineAsync(stream, cancel));
        EchoIdentity identity = new(answer.Namespace, answer.Ingress, answer.Service, answer.Pod);
        return new Reply { Status = 200, Backend = new BackendView(identity, HasTls: answer.IsTls, Tls: answer.Tls) };
    }

    private static async Task<string> LineAsync(Stream stream, CancellationToken cancel)
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, cancel) > 0)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]);
            }

            line.Add(one[0]);
        }

        throw line.Count == 0 ? new EndOfStreamException("the connection ended") : new IOException("the connection ended inside a line", new FormatException());
    }
}
