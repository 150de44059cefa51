using System.Net.Sockets;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class StreamingTests
{
    private const int Large = 30_000_000;

    /// <summary>More than any pair of socket buffers holds; what passes an unread end is far less.</summary>
    private const long Endless = 400_000_000;

    /// <summary>Bytes; above what kernel buffers on both sides of the gateway can hold, below what unbounded memory would take.</summary>
    private const long Bound = 64_000_000;

    [Fact]
    public async Task A_large_answer_of_known_length_arrives_whole()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        RawResponse response = await rig.GetAsync($"/bytes/{Large}");
        Assert.Equal((Large, Large.ToString(System.Globalization.CultureInfo.InvariantCulture)), (response.Body.Length, response.Header("Content-Length")));
        Assert.Equal(Large, Assert.Single(await rig.StopAndReadLogAsync()).Number("bytes_sent"));
    }

    [Fact]
    public async Task A_large_chunked_answer_arrives_whole()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        RawResponse response = await rig.GetAsync($"/bytes/{Large}?chunked");
        Assert.Equal((Large, "chunked"), (response.Body.Length, response.Header("Transfer-Encoding")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_body_comes_back_as_it_was(bool chunked)
    {
        const int parts = 300;
        string part = string.Concat(Enumerable.Range(0, 10_000).Select(i => (char)('a' + (i * i % 23)))) + new string('\u00ff', 90_000);
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using RawClient client = await rig.ConnectAsync();
        Task sending = SendAsync();
        Assert.Equal(200, (await client.ReadHeadAsync()).Status);
        for (int i = 0; i < parts; i++)
        {
            await client.ExpectBodyAsync(part);
        }

        await sending.InTime();
        Assert.Equal("", await client.ReadChunkAsync());
        LogEntry entry = Assert.Single(await rig.StopAndReadLogAsync());
        Assert.Equal((Large, Large), (entry.Number("bytes_received"), entry.Number("bytes_sent")));

        async Task SendAsync()
        {
            await client.SendAsync($"POST /body HTTP/1.1\r\nHost: h\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Large}")}\r\n\r\n");
            for (int i = 0; i < parts; i++)
            {
                await client.SendAsync(chunked ? $"{part.Length:x}\r\n{part}\r\n" : part);
            }

            await client.SendAsync(chunked ? "0\r\n\r\n" : "");
        }
    }

    [Fact]
    public async Task A_stream_flows_piece_by_piece_both_ways()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("a"));
        await using HttpRig rig = await HttpRig.StartAsync(echo.Http[0]);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync($"7\r\npiece{i:00}\r\n");
            if (i == 0)
            {
                Assert.Equal(200, (await client.ReadHeadAsync()).Status);
            }

            await client.ExpectBodyAsync($"piece{i:00}");
        }

        await client.SendAsync("0\r\n\r\n");
        Assert.Equal("", await client.ReadChunkAsync());
    }

    [Theory]
    [InlineData("Content-Length: 30", "")]
    [InlineData("X: until close", "")]
    [InlineData("Transfer-Encoding: chunked", "3\r\n")]
    public async Task Each_piece_of_an_answer_arrives_before_the_next_is_sent(string field, string before)
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.SendAsync($"HTTP/1.1 200 OK\r\n{field}\r\n\r\n");
        for (int i = 0; i < 10; i++)
        {
            await connection.SendAsync($"{before}{i:000}{(before.Length > 0 ? "\r\n" : "")}");
            if (i == 0)
            {
                await client.ReadHeadAsync();
            }

            if (field.StartsWith("Content", StringComparison.Ordinal))
            {
                Assert.Equal($"{i:000}", await client.ReadAsync(3));
            }
            else
            {
                await client.ExpectBodyAsync($"{i:000}");
            }
        }

        connection.Close();
    }

    [Fact]
    public async Task The_head_of_a_stream_arrives_before_its_first_piece()
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        Assert.Equal("text/event-stream", (await client.ReadHeadAsync()).Header("Content-Type"));
        connection.Close();
    }

    [Theory]
    [InlineData("Content-Length: 400000000")]
    [InlineData("X: until close")]
    public async Task A_client_that_does_not_read_stops_the_backend(string field)
    {
        var stuck = new TaskCompletionSource<long>();
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{field}\r\n\r\n");
            await SendUntilStuckAsync(connection.SendAsync, stuck);
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.InRange(await stuck.Task.InTime(), 1, Bound);

        // It goes on where it stopped.
        await client.ReadHeadAsync();
        for (int read = 0; read < Bound; read += 1_000_000)
        {
            await client.ReadAsync(1_000_000);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1")]
    public async Task A_backend_that_does_not_read_stops_the_client(string version)
    {
        await using RawBackend backend = RawBackend.Start(c => c.HangAsync());
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync($"POST / {version}\r\nHost: h\r\nContent-Length: {Endless}\r\n\r\n");
        var stuck = new TaskCompletionSource<long>();
        Task sending = SendUntilStuckAsync(client.SendAsync, stuck);
        Assert.InRange(await stuck.Task.InTime(), 1, Bound);
        RawConnection connection = await backend.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await connection.ReadAsync(20_000_000).InTime();
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => sending.InTime());
    }

    /// <summary>Tells how much was taken when a send has waited for a second: that is what the test is about.</summary>
    private static async Task SendUntilStuckAsync(Func<ReadOnlyMemory<byte>, Task> send, TaskCompletionSource<long> stuck)
    {
        byte[] part = new byte[1_000_000];
        for (long sent = 0; sent < Endless; sent += part.Length)
        {
            Task sending = send(part);
            if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1))) != sending)
            {
                stuck.TrySetResult(sent);
            }

            await sending;
        }

        stuck.TrySetResult(Endless);
    }
}
