using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>A pooled connection may be dead without anyone knowing: the backend closes it at the moment a request arrives.</summary>
public sealed class PooledConnectionTests
{
    private const string Get = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("PUT", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    public async Task Only_what_may_be_sent_twice_is_sent_again(string method, bool again)
    {
        await using RawBackend backend = ClosingOnTheSecondRequest();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        await client.SendAsync($"{method} /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        RawResponse response = await client.ReadResponseAsync(toHead: method == "HEAD");
        Assert.Equal(again ? 200 : 502, response.Status);
        Assert.Equal(again ? 2 : 1, backend.Connections.Length);
        LogEntry entry = (await rig.StopAndReadLogAsync())[1];
        Assert.Equal(again ? (null, 2) : ("backend_closed_early", 0), (entry.Reason, entry.Number("tries")));
    }

    [Fact]
    public async Task A_request_with_a_body_is_not_sent_again()
    {
        await using RawBackend backend = ClosingOnTheSecondRequest();
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        await client.SendAsync("PUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal(502, (await client.ReadResponseAsync()).Status);
        Assert.Single(backend.Connections);
    }

    [Fact]
    public async Task A_request_that_fails_on_a_new_connection_is_not_sent_again()
    {
        await using RawBackend backend = Backends.AnsweringOnce("");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        Assert.Equal(502, (await rig.GetAsync()).Status);
        Assert.Single(backend.Connections);
    }

    [Fact]
    public async Task A_request_that_had_half_an_answer_is_not_sent_again()
    {
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Backends.Ok);
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nConte");
        });
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadResponseAsync();
        await client.SendAsync(Get);
        Assert.Equal(502, (await client.ReadResponseAsync()).Status);
        Assert.Single(backend.Connections);
    }

    [Fact]
    public async Task A_connection_that_the_backend_closes_while_idle_is_not_used()
    {
        await using RawBackend backend = Backends.AnsweringOnce(Backends.Ok);
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            RawResponse response = await client.ReadResponseAsync();
            await backend.Connections[i].Ended.InTime();

            // The worker sees the end of the idle connection no later than the next request, which comes after it.
            Assert.Equal("ok", response.Body);
        }
    }

    [Fact]
    public async Task Connections_to_an_endpoint_that_is_gone_are_closed()
    {
        await using RawBackend old = Backends.Answering();
        await using RawBackend next = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(old.EndPoint);
        await rig.GetAsync();
        await rig.ApplyAsync(GatewaySetup.To(next.EndPoint));
        await (await old.NextAsync()).Ended.InTime();
        Assert.Equal("ok", (await rig.GetAsync()).Body);
        Assert.Single(next.Connections);
    }

    private static RawBackend ClosingOnTheSecondRequest() => RawBackend.Start(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.SendAsync(Backends.Ok);
        if (connection.Index == 0)
        {
            await connection.ReadHeadAsync();
        }
        else
        {
            await Backends.AnswerAsync(connection);
        }
    });
}
