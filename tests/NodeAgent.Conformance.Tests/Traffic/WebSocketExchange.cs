using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>A WebSocket that a text and a binary message go to and come back from.</summary>
internal static class WebSocketExchange
{
    public static async Task<Reply> RunAsync(Sending sending, IPEndPoint address, TlsClient? tls, CancellationToken cancel)
    {
        using SocketsHttpHandler handler = HttpExchange.Handler(address, null, sending.Host, tls, http2: false);
        using HttpMessageInvoker client = new(handler);
        using ClientWebSocket socket = new();
        socket.Options.CollectHttpResponseDetails = true;
        foreach ((string name, string value) in sending.Request.Headers ?? [])
        {
            socket.Options.SetRequestHeader(name, value);
        }

        try
        {
            await socket.ConnectAsync(HttpExchange.Address(tls is null ? "ws" : "wss", sending.Host, sending.Path), client, cancel);
            await EchoesAsync(socket, WebSocketMessageType.Text, Encoding.UTF8.GetBytes("a text of the conformance suite"), cancel);
            await EchoesAsync(socket, WebSocketMessageType.Binary, RandomNumberGenerator.GetBytes(1000), cancel);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
            return new Reply { Status = 200 };
        }
        catch (WebSocketException) when ((int)socket.HttpStatusCode is not (0 or 101))
        {
            int status = (int)socket.HttpStatusCode;
            return status == 200 ? new Reply { Fault = "answer 200, no upgrade" } : new Reply { Status = status };
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException)
        {
            return TransportFault.Of(e);
        }
    }

    private static async Task EchoesAsync(ClientWebSocket socket, WebSocketMessageType type, byte[] message, CancellationToken cancel)
    {
        await socket.SendAsync(message, type, endOfMessage: true, cancel);
        byte[] buffer = new byte[message.Length + 1];
        int held = 0;
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, held, buffer.Length - held), cancel);
            held += received.Count;
        }
        while (!received.EndOfMessage && held < buffer.Length);

        if (received.MessageType != type || !buffer.AsSpan(0, held).SequenceEqual(message))
        {
            throw new WebSocketException($"a {type} message of {message.Length} bytes came back as {received.MessageType} of {held}");
        }
    }
}
