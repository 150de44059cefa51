using System.Net;
using System.Text;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class Http2Tests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private const string EmptySettings = "\0\0\0\u0004\0\0\0\0\0";

    [Fact]
    public async Task Many_streams_with_bodies_share_one_connection()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using HttpClient client = Client();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 90).Select(async i =>
        {
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(new string((char)('a' + (i % 26)), i * 1000)));
            using HttpResponseMessage response = await client.PostAsync(new Uri($"http://{rig.EndPoint}/body"), content);
            Assert.Equal(HttpVersion.Version20, response.Version);
            return await response.Content.ReadAsStringAsync();
        }));
        Assert.All(answers.Select((answer, i) => (answer, i)), x => Assert.Equal(new string((char)('a' + (x.i % 26)), x.i * 1000), x.answer));
        IReadOnlyList<LogEntry> log = await rig.StopAndReadLogAsync();
        Assert.Equal(90, log.Count);
        Assert.Single(log.Select(e => e.Text("client")).Distinct());
        Assert.All(log, e => Assert.Equal((200, null, "HTTP/2"), (e.Status, e.Reason, e.Text("protocol"))));
    }

    [Fact]
    public async Task The_backend_sees_an_HTTP_1_1_request_with_the_authority_as_host()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using HttpClient client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{rig.EndPoint}/a?b=c") { Version = HttpVersion.Version20 };
        request.Headers.Add("X-Own", "y");
        request.Headers.Add("TE", "trailers");
        using HttpResponseMessage response = await client.SendAsync(request);
        EchoAnswer seen = EchoAnswer.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(("/a?b=c", rig.EndPoint.ToString(), "HTTP/1.1"), (seen.Path, seen.Host, seen.Proto));
        Assert.Equal(["y"], seen.Headers["X-Own"]);
        Assert.DoesNotContain("Te", seen.Headers.Keys);
        Assert.Equal(["http"], seen.Headers["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task A_large_answer_arrives_whole()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using HttpClient client = Client();
        byte[][] answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.GetByteArrayAsync(new Uri($"http://{rig.EndPoint}/bytes/10000000"))));
        Assert.All(answers, a => Assert.Equal(10_000_000, a.Length));
    }

    [Fact]
    public async Task A_stream_flows_piece_by_piece()
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using HttpClient client = Client();
        Task<Stream> opening = client.GetStreamAsync(new Uri($"http://{rig.EndPoint}/events"));
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
        using Stream stream = await opening.InTime();
        byte[] buffer = new byte[6];
        for (int i = 0; i < 10; i++)
        {
            await connection.SendAsync($"event{i}");
            await stream.ReadExactlyAsync(buffer).AsTask().InTime();
            Assert.Equal($"event{i}", Encoding.Latin1.GetString(buffer));
        }

        connection.Close();
        Assert.Equal(0, await stream.ReadAsync(buffer).AsTask().InTime());
    }

    [Fact]
    public async Task A_stream_that_the_client_cancels_ends_the_backends_work_and_no_other_stream()
    {
        var arrived = new TaskCompletionSource();
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            if ((await connection.ReadHeadAsync()).StartsWith("GET /hang", StringComparison.Ordinal))
            {
                arrived.SetResult();
                await connection.ReadToEndAsync();
                return;
            }

            await connection.SendAsync(Backends.Ok);
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using HttpClient client = Client();
        using var leaving = new CancellationTokenSource();
        Task<string> hanging = client.GetStringAsync(new Uri($"http://{rig.EndPoint}/hang"), leaving.Token);
        RawConnection connection = await backend.NextAsync();
        await arrived.Task.InTime();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await connection.Ended.InTime();
        Assert.Equal("ok", await client.GetStringAsync(new Uri($"http://{rig.EndPoint}/")));
        IReadOnlyList<LogEntry> log = await rig.StopAndReadLogAsync();
        Assert.Equal((499, "client_gone"), (log[0].Status, log[0].Reason));
        Assert.Single(log.Select(e => e.Text("client")).Distinct());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    public async Task A_cut_answer_resets_its_stream(string answer)
    {
        await using RawBackend backend = Backends.AnsweringOnce(answer);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using HttpClient client = Client();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://{rig.EndPoint}/")).InTime());
        Assert.Equal("backend_body_cut", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(14)]
    [InlineData(23)]
    public async Task A_preface_may_come_in_parts(int first)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Preface[..first]);
        await client.SendAsync(Preface[first..] + EmptySettings);

        // The server's own SETTINGS frame: three bytes of length, then type 4.
        Assert.Equal('\u0004', (await client.ReadAsync(9))[3]);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("PRI * HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PRI / HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task What_only_begins_like_a_preface_is_HTTP_1(string request)
    {
        await using HttpRig rig = await HttpRig.StartAsync(new GatewaySetup());
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(request[..5]);
        await client.SendAsync(request[5..]);
        client.ShutdownSend();
        string answer = await client.ReadToEndAsync();

        // Kestrel answers the first one in the words of HTTP/2.
        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.EndsWith('\r') || answer[3] == '\u0007', answer);
    }

    [Fact]
    public async Task A_removed_listener_lets_streams_finish_and_says_goodbye()
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using HttpClient client = Client();
        Task<string> answer = client.GetStringAsync(new Uri($"http://{rig.EndPoint}/"));
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await rig.ApplyAsync(GatewaySetup.To(backend.EndPoint) with
        {
            Listeners = [new NodeAgent.Snapshot.ListenerConfig("other", HttpRig.Port + 1, NodeAgent.Snapshot.ListenerProtocol.Http)],
        });
        await connection.SendAsync(Backends.Ok);
        Assert.Equal("ok", await answer.InTime());
        connection.Close();
        await rig.ApplyAsync(GatewaySetup.To(backend.EndPoint));
    }

    private static HttpClient Client() => new(new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = RawClient.Deadline,
    };
}
