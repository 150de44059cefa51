using System.Net;
using System.Net.Sockets;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class BackendFailureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private static readonly DataPlaneOptions Impatient = HttpRig.Patient with
    {
        BackendTimeout = TimeSpan.FromMilliseconds(300),
        ConnectTimeout = TimeSpan.FromMilliseconds(300),
    };

    [Fact]
    public async Task A_backend_that_refuses_costs_a_try_and_no_request()
    {
        using RefusingBackend refusing = new();
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(refusing.EndPoint, backend.EndPoint);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("ok", (await rig.GetAsync()).Body);
        }

        IReadOnlyList<LogEntry> log = await rig.StopAndReadLogAsync();
        Assert.Contains(log, e => e.Number("tries") == 2);
        Assert.All(log, e => Assert.Equal((200, null), (e.Status, e.Reason)));
    }

    [Fact]
    public async Task Without_an_endpoint_that_accepts_the_answer_is_502()
    {
        using RefusingBackend one = new();
        using RefusingBackend other = new();
        await using HttpRig rig = await HttpRig.StartAsync(one.EndPoint, other.EndPoint);
        Assert.Equal(502, (await rig.GetAsync()).Status);
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((502, "backend_connect_failed", 2), (entry.Status, entry.Reason, entry.Number("tries")));
    }

    [Fact]
    public async Task A_backend_that_accepts_nothing_is_given_up_in_time()
    {
        using Socket full = await FullListenerAsync();
        await using HttpRig rig = await HttpRig.StartAsync(GatewaySetup.To((IPEndPoint)full.LocalEndPoint!), Impatient);
        Assert.Equal(504, (await rig.GetAsync()).Status);
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((504, "backend_connect_timeout"), (entry.Status, entry.Reason));
    }

    [Fact]
    public async Task A_backend_that_hangs_is_given_up_in_time()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadToEndAsync();
        });
        await using HttpRig rig = await HttpRig.StartAsync(GatewaySetup.To(backend.EndPoint), Impatient);
        Assert.Equal(504, (await rig.GetAsync()).Status);
        await (await backend.NextAsync()).Ended.InTime();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((504, "backend_timeout"), (entry.Status, entry.Reason));
    }

    [Theory]
    [InlineData("", "backend_closed_early")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "backend_closed_early")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", "backend_closed_early")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "backend_bad_head")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "backend_bad_head")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "backend_bad_framing")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", "backend_bad_framing")]
    public async Task What_is_no_whole_answer_becomes_502_with_its_reason(string answer, string reason)
    {
        await using RawBackend backend = Backends.AnsweringOnce(answer);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((502, "", "0"), (response.Status, response.Body, response.Header("Content-Length")));
        }

        Assert.Equal(2, backend.Connections.Length);
        Assert.All(await rig.StopAndReadLogAsync(), e => Assert.Equal((502, reason), (e.Status, e.Reason)));
    }

    [Fact]
    public async Task A_head_without_end_becomes_502()
    {
        await using RawBackend backend = Backends.AnsweringOnce("HTTP/1.1 200 OK\r\nX: " + new string('a', 100_000));
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        Assert.Equal(502, (await rig.GetAsync()).Status);
        Assert.Equal("backend_head_too_large", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n")]
    public async Task A_cut_answer_is_never_whole_for_the_client(string answer)
    {
        await using RawBackend backend = Backends.AnsweringOnce(answer);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.SendAsync(Get);
        (string text, _) = await client.ReadUntilEndAsync();
        AssertNotWhole(text);
        LogEntry entry = (await rig.StopAndReadLogAsync())[0];
        Assert.Equal("backend_body_cut", entry.Reason);
    }

    [Theory]
    [InlineData("Content-Length: 200000", "", "")]
    [InlineData("Transfer-Encoding: chunked", "30D3F\r\n", "")]
    [InlineData("Transfer-Encoding: chunked", "10000\r\n", "\r\n")]
    public async Task An_answer_cut_after_much_of_it_is_never_whole(string field, string before, string after)
    {
        await using RawBackend backend = Backends.AnsweringOnce(
            $"HTTP/1.1 200 OK\r\n{field}\r\n\r\n{before}{new string('x', 65536)}{after}");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.StartsWith("HTTP/1.1 200", text, StringComparison.Ordinal);
        AssertNotWhole(text);
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((200, "backend_body_cut"), (entry.Status, entry.Reason));
    }

    [Fact]
    public async Task A_backend_that_falls_silent_mid_body_is_given_up_in_time()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            await connection.ReadToEndAsync();
        });
        await using HttpRig rig = await HttpRig.StartAsync(GatewaySetup.To(backend.EndPoint), Impatient);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.EndsWith("\r\n\r\nabc", text, StringComparison.Ordinal);
        await (await backend.NextAsync()).Ended.InTime();
        Assert.Equal("backend_timeout", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Fact]
    public async Task A_backend_has_its_time_from_the_end_of_the_request()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadAsync(2);
            await Task.Delay(TimeSpan.FromMilliseconds(2500));
            await connection.SendAsync(Backends.Ok);
        });
        DataPlaneOptions options = HttpRig.Patient with { BackendTimeout = TimeSpan.FromMilliseconds(4000) };
        await using HttpRig rig = await HttpRig.StartAsync(GatewaySetup.To(backend.EndPoint), options);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
        await Task.Delay(TimeSpan.FromMilliseconds(2500));
        await client.SendAsync("b");
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    private static void AssertNotWhole(string text)
    {
        int body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        RawResponse head = RawResponse.Parse(text[..body]);
        if (head.Status == 502)
        {
            // Nothing of the answer was sent yet: then a whole 502, and nothing else, is as good.
            Assert.Equal("0", head.Header("Content-Length"));
            Assert.True(text.Length == body || text[body..].StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal), text);
            return;
        }

        Assert.Equal(200, head.Status);
        Assert.DoesNotContain("HTTP/1.1", text[body..], StringComparison.Ordinal);
        if (head.Header("Content-Length") is { } length)
        {
            Assert.True(text.Length - body < int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
        }
        else
        {
            Assert.False(text.EndsWith("0\r\n\r\n", StringComparison.Ordinal), text);
        }
    }

    /// <summary>A listener whose queue is full: the kernel drops further connection attempts.</summary>
    private static async Task<Socket> FullListenerAsync()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filler.ConnectAsync(listener.LocalEndPoint!);
        return listener;
    }
}
