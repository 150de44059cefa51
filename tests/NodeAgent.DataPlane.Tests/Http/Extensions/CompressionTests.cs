using System.IO.Compression;
using System.Net;
using System.Text;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.DataPlane.Tests.Http.Http2Upstream;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class CompressionTests
{
    private static readonly CompressionFilter Filter = new("ns/compress", ["br", "gzip"], 100, ["text/*", "application/json"]);

    private static readonly string Text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i % 1000}\n"));

    [Theory]
    [InlineData("br", true)]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    [InlineData("gzip", false)]
    public async Task Large_answers_arrive_whole(string coding, bool knownLength)
    {
        string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nETag: \"x\"\r\nVary: Origin\r\nAccept-Ranges: bytes\r\n";
        await using RawBackend backend = Backends.Answering(knownLength
            ? $"{head}Content-Length: {Text.Length}\r\n\r\n{Text}"
            : $"{head}Transfer-Encoding: chunked\r\n\r\n{Text.Length:x}\r\n{Text}\r\n0\r\n\r\n");
        await using HttpRig rig = await StartAsync(backend.EndPoint);
        for (int i = 0; i < 3; i++)
        {
            RawResponse answer = await rig.GetAsync(headers: $"Accept-Encoding: {coding}\r\n");
            Assert.Equal((200, coding, null, "W/\"x\"", null), (
                answer.Status, answer.Header("Content-Encoding"), answer.Header("Content-Length"), answer.Header("ETag"), answer.Header("Accept-Ranges")));
            Assert.Equal(["Origin", "Accept-Encoding"], answer.Headers("Vary"));
            Assert.Equal(Text, Decode(answer));
            Assert.InRange(answer.Body.Length, 1, Text.Length / 10);
        }

        Assert.All(await rig.StopAndReadLogAsync(), e => Assert.InRange(e.Number("bytes_sent"), 1, Text.Length / 10));
    }

    [Theory]
    [InlineData("Content-Type: image/png\r\n", 200, 500, false)]
    [InlineData("", 200, 500, false)]
    [InlineData("Content-Type: text/event-stream\r\n", 200, 500, false)]
    [InlineData("Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", 200, 500, false)]
    [InlineData("Content-Type: text/plain\r\nCache-Control: no-transform\r\n", 200, 500, false)]
    [InlineData("Content-Type: text/plain\r\nContent-Range: bytes 0-499/900\r\n", 206, 500, false)]
    [InlineData("Content-Type: text/plain\r\n", 200, 99, false)]
    [InlineData("Content-Type: text/plain\r\n", 200, 100, true)]
    [InlineData("Content-Type: APPLICATION/JSON\r\n", 404, 500, true)]
    public async Task Only_what_may_and_should_be_compressed_is(string headers, int status, int length, bool compressed)
    {
        await using RawBackend backend = Backends.Answering(
            $"HTTP/1.1 {status} S\r\n{headers}Content-Length: {length}\r\n\r\n{Text[..length]}");
        await using HttpRig rig = await StartAsync(backend.EndPoint);
        RawResponse answer = await rig.GetAsync(headers: "Accept-Encoding: gzip\r\n");
        Assert.Equal(status, answer.Status);
        Assert.Equal(Text[..length], compressed ? Decode(answer) : answer.Body);
        Assert.Equal(compressed ? "Accept-Encoding" : null, answer.Header("Vary"));
        RawResponse plain = await rig.GetAsync();
        Assert.Equal(Text[..length], plain.Body);
        Assert.Equal(compressed ? "Accept-Encoding" : null, plain.Header("Vary"));
    }

    [Fact]
    public async Task The_answer_to_HEAD_has_no_body()
    {
        await using RawBackend backend = Backends.Answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n");
        await using HttpRig rig = await StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
            RawResponse answer = await client.ReadResponseAsync(toHead: true);
            Assert.Equal((200, "gzip", null), (answer.Status, answer.Header("Content-Encoding"), answer.Header("Content-Length")));
        }
    }

    [Fact]
    public async Task A_stream_flows_while_it_is_compressed()
    {
        var goOn = new TaskCompletionSource();
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            await goOn.Task;
            await connection.SendAsync("6\r\nsecond\r\n0\r\n\r\n");
        });
        await using HttpRig rig = await StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
        await client.ReadHeadAsync();
        string first = "";
        while (Inflate(Encoding.Latin1.GetBytes(first), 5) != "first")
        {
            first += await client.ReadChunkAsync();
        }

        goOn.SetResult();
        string rest = "";
        for (string chunk = await client.ReadChunkAsync(); chunk.Length > 0; chunk = await client.ReadChunkAsync())
        {
            rest += chunk;
        }

        Assert.Equal("firstsecond", Inflate(Encoding.Latin1.GetBytes(first + rest), 100));
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_does_not_look_whole()
    {
        await using RawBackend backend = Backends.AnsweringOnce($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n{Text[..100_000]}");
        await using HttpRig rig = await StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.DoesNotContain("0\r\n\r\n", text[^10..], StringComparison.Ordinal);
        Assert.Equal("backend_body_cut", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Answers_of_HTTP2_backends_are_compressed_too(string version)
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("pod") with { H2c = [new IPEndPoint(IPAddress.Loopback, 0)] });
        var filter = Filter with { ContentTypes = ["application/json"], MinBytes = 1 };
        await using TestGateway gateway = await TestGateway.StartAsync(
            new DataPlaneOptions(), new HttpFilters { Extensions = [filter] }, BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(Version.Parse(version));
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Uri)
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("Accept-Encoding", "br");
        using HttpResponseMessage answer = await client.SendAsync(request).InTime();
        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        using var text = new BrotliStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Contains("pod", await new StreamReader(text).ReadToEndAsync().InTime(), StringComparison.Ordinal);
    }

    private static Task<HttpRig> StartAsync(IPEndPoint backend) => HttpRig.StartAsync(new GatewaySetup().Service("all", backend).Rule(
        new HttpFilters { Extensions = [Filter] }, [GatewaySetup.Share("all")], Routes.Prefix("/")));

    private static string Decode(RawResponse answer)
    {
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(answer.Body));
        using Stream stream = answer.Header("Content-Encoding") == "br"
            ? new BrotliStream(bytes, CompressionMode.Decompress)
            : new GZipStream(bytes, CompressionMode.Decompress);
        return new StreamReader(stream, Encoding.Latin1).ReadToEnd();
    }

    /// <summary>What can be read of a gzip stream that may not be at its end.</summary>
    private static string Inflate(byte[] bytes, int count)
    {
        using var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        byte[] text = new byte[count];
        try
        {
            return Encoding.Latin1.GetString(text, 0, stream.ReadAtLeast(text, count, throwOnEndOfStream: false));
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}
