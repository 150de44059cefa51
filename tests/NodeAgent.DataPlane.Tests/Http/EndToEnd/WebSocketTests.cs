using System.Net.WebSockets;
using System.Text;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class WebSocketTests
{
    private const string Upgrade =
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private const string Switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

    [Fact]
    public async Task Messages_are_echoed_and_the_client_closes()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using var socket = new ClientWebSocket();
        using var deadline = new CancellationTokenSource(RawClient.Deadline);
        await socket.ConnectAsync(new Uri($"ws://{rig.EndPoint}/ws"), deadline.Token);
        byte[] large = new byte[3_000_000];
        new Random(2).NextBytes(large);
        foreach ((byte[] message, WebSocketMessageType type) in new[]
        {
            ("text"u8.ToArray(), WebSocketMessageType.Text), ([0, 1, 255], WebSocketMessageType.Binary), (large, WebSocketMessageType.Binary), ([], WebSocketMessageType.Text),
        })
        {
            Task sending = socket.SendAsync(message, type, endOfMessage: true, deadline.Token);
            (byte[] received, WebSocketMessageType receivedType) = await ReceiveAsync(socket, deadline.Token);
            await sending;
            Assert.Equal(type, receivedType);
            Assert.True(message.AsSpan().SequenceEqual(received));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", deadline.Token);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "done"), (socket.CloseStatus, socket.CloseStatusDescription));
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((101, null), (entry.Status, entry.Reason));
        Assert.InRange(entry.Number("bytes_sent"), large.Length, 2 * large.Length);
    }

    [Fact]
    public async Task Bytes_of_either_side_that_come_with_the_switch_are_not_lost()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Switched + "hello");
            Assert.Equal("early", await connection.ReadAsync(5));
            await connection.SendAsync("got early");
            Assert.Equal("", await connection.ReadToEndAsync());
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Upgrade + "early");
        RawResponse response = await client.ReadHeadAsync();
        Assert.Equal((101, "websocket", "Upgrade", "x"),
            (response.Status, response.Header("Upgrade"), response.Header("Connection"), response.Header("Sec-WebSocket-Accept")));
        Assert.Equal("hellogot early", await client.ReadAsync(14));
        client.ShutdownSend();
        Assert.Equal("", (await client.ReadUntilEndAsync()).Text);
        await (await backend.NextAsync()).Ended.InTime();
        Assert.Null(backend.Connections[0].Fault);
    }

    [Fact]
    public async Task When_the_backend_ends_the_client_gets_its_last_bytes_and_the_end()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Switched + "bye");
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Upgrade);
        await client.ReadHeadAsync();
        Assert.Equal("bye", (await client.ReadUntilEndAsync()).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_the_client_is_gone_the_backend_hears_of_it(bool reset)
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Upgrade);
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.SendAsync(Switched);
        Assert.Equal(101, (await client.ReadHeadAsync()).Status);
        if (reset)
        {
            client.Reset();
        }
        else
        {
            client.Dispose();
        }

        Assert.Equal("", await connection.ReadToEndAsync().InTime());
        connection.Close();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno", 200)]
    [InlineData("HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", 400)]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nno", 426)]
    public async Task A_backend_may_refuse_to_switch(string answer, int status)
    {
        await using RawBackend backend = Backends.Answering(answer);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Upgrade);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal((status, "no"), (response.Status, response.Body));
    }

    [Fact]
    public async Task Another_protocol_is_not_offered_to_the_backend()
    {
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawResponse response = await rig.GetAsync(
            headers: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n");
        Assert.Equal((200, "ok"), (response.Status, response.Body));
        string seen = backend.Connections[0].Received;
        Assert.DoesNotContain("Upgrade", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("HTTP2-Settings", seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_switch_that_nobody_asked_for_is_refused()
    {
        await using RawBackend backend = Backends.Answering(Switched);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        Assert.Equal(502, (await rig.GetAsync()).Status);
    }

    private static async Task<(byte[] Message, WebSocketMessageType Type)> ReceiveAsync(WebSocket socket, CancellationToken cancel)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, cancel);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return (message.ToArray(), received.MessageType);
            }
        }
    }
}
