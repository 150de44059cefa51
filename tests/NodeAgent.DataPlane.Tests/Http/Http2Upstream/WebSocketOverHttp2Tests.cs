using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>WebSockets by extended CONNECT (RFC 8441), forwarded to HTTP/1.1 backends by Upgrade.</summary>
public sealed class WebSocketOverHttp2Tests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Messages_of_any_size_come_back_until_the_client_closes()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("pod"));
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, echo.Http[0]);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());
        using ClientWebSocket socket = await ConnectAsync(gateway, invoker, "/ws");
        foreach (int size in new[] { 0, 1, 125, 70_000, 1_000_000 })
        {
            byte[] sent = new byte[size];
            new Random(size).NextBytes(sent);
            Task<byte[]> receiving = ReceiveAsync(socket);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            Assert.Equal(sent, await receiving.WaitAsync(Patience));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);

        JsonElement line = Assert.Single(await gateway.LogAsync());
        Assert.Equal("CONNECT", line.GetProperty("method").GetString());
        Assert.Equal(200, line.GetProperty("status").GetInt32());
        Assert.InRange(line.GetProperty("bytes_received").GetInt64(), 1_070_126, 1_071_000);
        Assert.InRange(line.GetProperty("bytes_sent").GetInt64(), 1_070_126, 1_071_000);
    }

    [Fact]
    public async Task Two_websockets_share_one_client_connection()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("pod"));
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, echo.Http[0]);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());
        using ClientWebSocket one = await ConnectAsync(gateway, invoker, "/ws");
        using ClientWebSocket two = await ConnectAsync(gateway, invoker, "/ws");
        await one.SendAsync("one"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await two.SendAsync("two"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        Assert.Equal("two", Encoding.UTF8.GetString(await ReceiveAsync(two).WaitAsync(Patience)));
        Assert.Equal("one", Encoding.UTF8.GetString(await ReceiveAsync(one).WaitAsync(Patience)));
    }

    [Fact]
    public async Task The_backend_sees_a_get_with_filters_applied_and_an_upgrade()
    {
        var seen = new TaskCompletionSource<string>();
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            seen.TrySetResult(await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: no\r\n\r\nno");
        });
        var filters = new HttpFilters(
            RequestHeaders: new HeaderEdits([new HeaderValue("X-Set", "set")], [], []),
            Rewrite: new RewriteFilter("inner.example", new PathEdit(PathEditType.ReplaceFull, "/inner")));
        await using TestGateway gateway = await TestGateway.StartAsync(new DataPlaneOptions(), filters, BackendProtocol.Http1, backend.EndPoint);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());

        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(gateway, invoker));

        string head = await seen.Task;
        Assert.StartsWith("GET /inner?q=1 HTTP/1.1\r\nHost: inner.example\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nUpgrade: websocket\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n", head);
        Assert.Contains("\r\nX-Set: set\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain(":protocol", head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")]
    public async Task A_backend_that_did_not_understand_is_502(string answer)
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
            await connection.ReadToEndAsync();
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, backend.EndPoint);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());

        Assert.Equal(HttpStatusCode.BadGateway, await RefusedAsync(gateway, invoker));
        Assert.Equal("backend_bad_websocket", Assert.Single(await gateway.LogAsync()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_client_that_resets_its_stream_ends_the_backends_connection()
    {
        var gone = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(
            async context =>
            {
                context.Response.Headers.SecWebSocketAccept = Accept(context.Request.Headers.SecWebSocketKey.ToString());
                context.Response.Headers.Upgrade = "websocket";
                Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                try
                {
                    while (await stream.ReadAsync(new byte[100]) > 0)
                    {
                    }
                }
                catch (IOException)
                {
                    // A reset is an end as well.
                }

                gone.TrySetResult();
            },
            HttpProtocols.Http1);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, backend.EndPoint);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());
        ClientWebSocket socket = await ConnectAsync(gateway, invoker, "/");
        await socket.SendAsync(new byte[10], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        socket.Abort();
        socket.Dispose();

        await gone.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_websocket_over_http2_to_an_http2_backend_is_502()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(_ => Task.CompletedTask);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using var invoker = new HttpMessageInvoker(TestGateway.Handler());

        Assert.Equal(HttpStatusCode.BadGateway, await RefusedAsync(gateway, invoker));
        Assert.Equal("backend_http2_no_websocket", Assert.Single(await gateway.LogAsync()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_extended_connect_for_anything_else_is_refused()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("pod"));
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, echo.Http[0]);
        using HttpClient client = gateway.Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Connect, "/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "connect-udp";

        using HttpResponseMessage answer = await client.SendAsync(request).WaitAsync(Patience);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(0, echo.HttpRequests);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestGateway gateway, HttpMessageInvoker invoker, string path)
    {
        var socket = new ClientWebSocket();
        await ConnectAsync(socket, gateway, invoker, path);
        return socket;
    }

    private static Task ConnectAsync(ClientWebSocket socket, TestGateway gateway, HttpMessageInvoker invoker, string path)
    {
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        return socket.ConnectAsync(new Uri($"ws://{gateway.EndPoint}{path}"), invoker, CancellationToken.None).WaitAsync(Patience);
    }

    private static async Task<HttpStatusCode> RefusedAsync(TestGateway gateway, HttpMessageInvoker invoker)
    {
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(socket, gateway, invoker, "/outer?q=1"));
        return socket.HttpStatusCode;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        var message = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);

        return message.ToArray();
    }

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // RFC 6455 says SHA-1.
        return Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(
            Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
