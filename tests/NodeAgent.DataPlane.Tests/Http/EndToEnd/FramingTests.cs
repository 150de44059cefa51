using System.Net;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class FramingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Requests_of_one_connection_share_one_backend_connection()
    {
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        }

        Assert.Single(backend.Connections);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(
            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal("/1", EchoAnswer.Parse((await client.ReadResponseAsync()).Body).Path);
        Assert.Equal("abc", (await client.ReadResponseAsync()).Body);
        Assert.Equal("/3", EchoAnswer.Parse((await client.ReadResponseAsync()).Body).Path);
    }

    [Fact]
    public async Task A_body_of_known_length_travels_with_its_length_both_ways()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{await connection.ReadAsync(4)}");
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawResponse response = await rig.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd");
        Assert.Equal(("4", null, "abcd"), (response.Header("Content-Length"), response.Header("Transfer-Encoding"), response.Body));
        string seen = backend.Connections[0].Received;
        Assert.Contains("\r\nContent-Length: 4\r\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_chunked_body_travels_chunked_both_ways()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            string head = await connection.ReadHeadAsync();
            Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", head, StringComparison.Ordinal);
            Assert.DoesNotContain("Content-Length", head, StringComparison.OrdinalIgnoreCase);
            string body = "";
            while (!body.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                body += await connection.ReadAsync(1);
            }

            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailing: t\r\n\r\n");
            await Backends.AnswerAsync(connection);
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext\r\n world\r\n0\r\n\r\n");
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal(("chunked", "abcd"), (response.Header("Transfer-Encoding"), response.Body));
        await client.SendAsync(Get);
        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.Single(backend.Connections);
    }

    [Theory]
    [InlineData("HEAD", "200 OK\r\nContent-Length: 5000", "5000")]
    [InlineData("HEAD", "200 OK\r\nTransfer-Encoding: chunked", null)]
    [InlineData("HEAD", "404 Not Found\r\nContent-Length: 0", "0")]
    [InlineData("GET", "204 No Content", null)]
    [InlineData("GET", "204 No Content\r\nContent-Length: 0", null)]
    [InlineData("GET", "304 Not Modified", null)]
    [InlineData("GET", "304 Not Modified\r\nContent-Length: 120\r\nETag: \"x\"", "120")]
    [InlineData("HEAD", "304 Not Modified\r\nContent-Length: 120", "120")]
    [InlineData("GET", "200 OK\r\nContent-Length: 0", "0")]
    [InlineData("GET", "205 Reset Content\r\nContent-Length: 0", null)]
    public async Task An_answer_without_a_body_leaves_both_connections_usable(string method, string head, string? length)
    {
        await using RawBackend backend = Backends.Answering($"HTTP/1.1 {head}\r\nX-A: b\r\n\r\n");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: h\r\n\r\n");
            RawResponse response = await client.ReadResponseAsync(toHead: true);
            Assert.Equal(head[..3], response.Head.Substring(9, 3));
            Assert.Equal("b", response.Header("X-A"));
            Assert.True(response.Header("Content-Length") == length || (length is null && response.Header("Content-Length") == "0" && response.Status == 205));
        }

        Assert.Single(backend.Connections);
    }

    [Theory]
    [InlineData("205 Reset Content\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    public async Task A_body_that_may_not_be_is_not_passed_on(string answer)
    {
        await using RawBackend backend = Backends.Answering($"HTTP/1.1 {answer}");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        (string text, _) = await AskAndReadUntilEndAsync(rig, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 205 ", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_expects_100_gets_it_and_its_answer()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Interim_answers_of_a_backend_are_dropped()
    {
        await using RawBackend backend = Backends.Answering(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Early: 1\r\n\r\n" + Backends.Ok);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawResponse response = await rig.GetAsync();
        Assert.Equal((200, "ok", null), (response.Status, response.Body, response.Header("X-Early")));
    }

    [Fact]
    public async Task A_body_that_ends_with_its_connection_is_chunked_for_the_client()
    {
        await using RawBackend backend = Backends.AnsweringOnce("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal("until the end", (await client.ReadResponseAsync()).Body);
        }

        Assert.Equal(2, backend.Connections.Length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\nHost: h\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false)]
    public async Task A_connection_lives_on_only_if_the_client_means_it_to(string request, bool kept)
    {
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request);
        RawResponse first = await client.ReadResponseAsync();
        Assert.Equal("ok", first.Body);
        if (kept)
        {
            Assert.Equal("keep-alive", first.Header("Connection"));
            await client.SendAsync(request);
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        }
        else
        {
            Assert.Equal(("", Ending.Closed), await client.ReadUntilEndAsync());
        }

        Assert.Single(backend.Connections);
        Assert.DoesNotContain("Connection:", backend.Connections[0].Received, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_HTTP_1_0_client_gets_a_chunked_answer_without_chunks()
    {
        await using RawBackend backend = Backends.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        (string text, Ending ending) = await AskAndReadUntilEndAsync(rig, "GET / HTTP/1.0\r\n\r\n");
        Assert.Equal(Ending.Closed, ending);
        Assert.EndsWith("\r\n\r\nabcde", text, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(32 * 1024)]
    [InlineData(1_000_000)]
    public async Task A_connection_that_carried_a_large_answer_is_used_again(int length)
    {
        await using RawBackend backend = Backends.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 4; i++)
        {
            await client.SendAsync(Get);
            Assert.Equal(length, (await client.ReadResponseAsync()).Body.Length);
        }

        Assert.Single(backend.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    public async Task A_backend_connection_with_a_doubtful_end_is_not_used_again(string answer)
    {
        await using RawBackend backend = Backends.Answering(answer);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Get);
            Assert.True((await client.ReadResponseAsync()) is { Status: 204 } or { Body: "ok" });
        }

        Assert.Equal(3, backend.Connections.Length);
    }

    private static async Task<(string Text, Ending Ending)> AskAndReadUntilEndAsync(HttpRig rig, string request)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadUntilEndAsync();
    }
}
