using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>Shapes that two readers can read in two ways. None is repaired, and nothing behind one is served.</summary>
public sealed class SmugglingTests
{
    private const string Second = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: h\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: h\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\n")]
    [InlineData(Get + "X: a\r\n b\r\n\r\n")]
    [InlineData(Get + "\tX: a\r\n\r\n")]
    [InlineData(Get + "Host: h\r\n\r\n")]
    [InlineData(Get + "Host: other\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h, other\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h/x\r\n\r\n")]
    [InlineData(Post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: 4, 4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: +4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: -4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: 0x4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: 4 4\r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: \r\n\r\nabcd")]
    [InlineData(Post + "Content-Length: 99999999999999999999\r\n\r\nabcd")]
    [InlineData(Post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Get + "X : a\r\n\r\n")]
    [InlineData(Get + "X\r\n\r\n")]
    [InlineData(Get + ": a\r\n\r\n")]
    [InlineData(Get + "X: a\0b\r\n\r\n")]
    [InlineData(Get + "X: a\u0001b\r\n\r\n")]
    [InlineData(Get + "X: a\u007fb\r\n\r\n")]
    [InlineData(Get + "X: a\rb\r\n\r\n")]
    [InlineData("GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\nHost: h\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("G(T / HTTP/1.1\r\nHost: h\r\n\r\n")]
    public Task An_ambiguous_request_is_refused_and_ends_its_connection(string request) => AssertRefusedAsync(request, 400);

    [Theory]
    [InlineData("GET h HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n")]
    public Task A_method_that_reaches_past_the_gateway_is_refused(string request) => AssertRefusedAsync(request, 405);

    [Theory]
    [InlineData("GET / HTTP/2.0\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/3.0\r\nHost: h\r\n\r\n")]
    public Task Another_version_is_refused(string request) => AssertRefusedAsync(request, 505);

    [Theory]
    [InlineData("GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", "/x")]
    [InlineData("GET /pub/../adm/%2e%2e/x%2Fy//z HTTP/1.1\r\nHost: h\r\n\r\n", "/x%2Fy//z")]
    [InlineData(Get + "X: a\u00e9b\r\n\r\n", "/")]
    public async Task What_is_odd_but_clear_passes(string request, string path)
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        EchoAnswer seen = EchoAnswer.Parse((await rig.AskAsync(request)).Body);
        Assert.Equal(path, seen.Path);
    }

    private static async Task AssertRefusedAsync(string request, int status)
    {
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request + Second);
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", text, StringComparison.Ordinal);
        Assert.Equal(0, text.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
        Assert.Contains("\r\nConnection: close\r\n", text, StringComparison.Ordinal);
        Assert.Empty(backend.Connections);
    }
}
