using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class ClientFailureTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_while_it_waits_ends_the_backends_work(bool reset)
    {
        await using RawBackend backend = Listening();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        Leave(client, reset);
        await connection.ReadToEndAsync().InTime();
        connection.Close();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((499, "client_gone"), (entry.Status, entry.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_a_stream_that_is_silent_ends_it(bool reset)
    {
        await using RawBackend backend = Listening();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("abc", await client.ReadChunkAsync());
        Leave(client, reset);
        await connection.ReadToEndAsync().InTime();
        connection.Close();
        Assert.Equal("client_gone", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Theory]
    [InlineData(true, "Content-Length: 10\r\n\r\nabc")]
    [InlineData(false, "Content-Length: 10\r\n\r\nabc")]
    [InlineData(true, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    [InlineData(false, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    public async Task A_client_that_leaves_in_mid_upload_leaves_the_backend_a_cut_request(bool reset, string request)
    {
        await using RawBackend backend = Listening();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\n{request}");
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.ReadAsync(3).InTime();
        Leave(client, reset);
        string rest = await connection.ReadToEndAsync().InTime();
        Assert.DoesNotContain("0\r\n\r\n", rest, StringComparison.Ordinal);
        connection.Close();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((499, "client_gone"), (entry.Status, entry.Reason));
    }

    [Theory]
    [InlineData("x\r\nabc\r\n0\r\n\r\n")]
    [InlineData("-1\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("1;a\nX\r\n0\r\n\r\n")]
    [InlineData("1\nX\n0\n\n")]
    [InlineData("ffffffffffffffffff\r\nabc\r\n0\r\n\r\n")]
    public async Task A_bad_chunk_is_refused_and_ends_both_connections(string body)
    {
        await using RawBackend backend = Listening();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{body}{Get}");
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Equal(0, text.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
        string seen = await (await backend.NextAsync()).ReadToEndAsync().InTime();
        Assert.DoesNotContain("GET /", seen, StringComparison.Ordinal);
        Assert.False(seen.EndsWith("0\r\n\r\n", StringComparison.Ordinal), seen);
        client.Dispose();
        backend.Connections[0].Close();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((400, "client_bad_body"), (entry.Status, entry.Reason));
    }

    [Fact]
    public async Task A_bad_chunk_after_a_good_one_is_refused()
    {
        await using RawBackend backend = Listening();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        Assert.Equal("3\r\nabc\r\n", await connection.ReadAsync(8).InTime());
        await client.SendAsync("nonsense\r\n");
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Equal("", await connection.ReadToEndAsync().InTime());
        connection.Close();
    }

    [Fact]
    public async Task A_client_that_stops_sending_its_body_is_given_up_in_time()
    {
        await using RawBackend backend = Listening();
        DataPlaneOptions options = HttpRig.Patient with { ClientTimeout = TimeSpan.FromMilliseconds(400), BackendTimeout = TimeSpan.FromMilliseconds(200) };
        await using HttpRig rig = await HttpRig.StartAsync(GatewaySetup.To(backend.EndPoint), options);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.StartsWith("HTTP/1.1 408 ", text, StringComparison.Ordinal);
        client.Dispose();
        RawConnection connection = await backend.NextAsync();
        await connection.ReadToEndAsync().InTime();
        connection.Close();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((408, "client_timeout"), (entry.Status, entry.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HT")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public async Task A_client_that_sends_no_whole_head_is_given_up_in_time(string start)
    {
        await using HttpRig rig = await HttpRig.StartAsync(
            GatewaySetup.To(), HttpRig.Patient with { ClientTimeout = TimeSpan.FromMilliseconds(300) });
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(start);
        (string text, _) = await client.ReadUntilEndAsync();
        Assert.True(text.Length == 0 || text.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), text);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(500_000)]
    public async Task An_early_answer_reaches_a_client_that_is_still_sending(int length)
    {
        string body = new('n', length);
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 413 Content Too Large\r\nContent-Length: {length}\r\n\r\n{body}");
            await connection.ReadToEndAsync();
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n");
        Task sending = SendUntilRefusedAsync(client);
        RawResponse response = await client.ReadResponseAsync();
        Assert.Equal((413, body), (response.Status, response.Body));
        client.Dispose();
        await sending.InTime();
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((413, null), (entry.Status, entry.Reason));
    }

    [Fact]
    public async Task A_refusal_by_the_gateway_reaches_a_client_that_is_still_sending()
    {
        await using HttpRig rig = await HttpRig.StartAsync(new GatewaySetup());
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n");
        Task sending = SendUntilRefusedAsync(client);
        Assert.Equal(404, (await client.ReadResponseAsync()).Status);
        client.Dispose();
        await sending.InTime();
    }

    /// <summary>A backend that leaves all reading to the test.</summary>
    private static RawBackend Listening() => RawBackend.Start(c => c.HangAsync());

    private static void Leave(RawClient client, bool reset)
    {
        if (reset)
        {
            client.Reset();
        }
        else
        {
            client.Dispose();
        }
    }

    private static async Task SendUntilRefusedAsync(RawClient client)
    {
        byte[] part = new byte[64 * 1024];
        try
        {
            for (int i = 0; i < 700; i++)
            {
                await client.SendAsync(part);
            }
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // What the gateway does not want to read it may refuse.
        }
    }
}
