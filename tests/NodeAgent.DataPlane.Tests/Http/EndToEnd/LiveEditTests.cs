using System.Net.Sockets;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class LiveEditTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private const int OtherPort = HttpRig.Port + 1;

    private static readonly ListenerConfig Other = new("other", OtherPort, ListenerProtocol.Http);

    [Fact]
    public async Task Edits_under_load_fail_no_request()
    {
        const int clients = 8;
        const int edits = 40;
        await using EchoServer one = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("one"));
        await using EchoServer two = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("two"));
        GatewaySetup[] setups =
        [
            GatewaySetup.To(one.Http[0]),
            GatewaySetup.To(two.Http[0]),
            GatewaySetup.To(one.Http[0], two.Http[0]),
            new GatewaySetup().Service("s", two.Http[0]).Rule("s", Routes.Prefix("/"), Routes.Exact("/x")),
        ];
        await using HttpRig rig = await HttpRig.StartAsync(setups[0]);
        using var stop = new CancellationTokenSource();
        Task<int>[] load = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => AskUntilAsync(rig, i, stop.Token)))];
        for (int i = 1; i <= edits; i++)
        {
            await rig.ApplyAsync(setups[i % setups.Length]);

            // Each edit serves real requests before the next comes.
            Assert.Equal(200, (await rig.GetAsync()).Status);
        }

        await stop.CancelAsync();
        int asked = (await Task.WhenAll(load).InTime()).Sum();
        Assert.True(asked > clients);
        Assert.All(await rig.StopAndReadLogAsync(), e => Assert.Equal((200, null), (e.Status, e.Reason)));
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_served_changes_nothing_for_the_next()
    {
        await using RawBackend one = Backends.Answering();
        await using RawBackend two = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(one.EndPoint);
        ConfigSnapshot good = new GatewaySetup().Service("new", two.EndPoint).Rule("new", Routes.Prefix("/new"))
            .ToSnapshot(rig.Address.ToString(), one.EndPoint);
        ConfigSnapshot cut = ConfigSnapshot.Create(good.Resources.Where(r => r is not BackendResource { Service: "new" }));

        // Translation never makes one whose route names a backend that is not in it.
        await Assert.ThrowsAsync<KeyNotFoundException>(() => rig.Plane.ApplyAsync(cut));
        Assert.Equal(200, (await rig.GetAsync()).Status);

        Assert.All(await rig.Plane.ApplyAsync(good), r => Assert.Null(r.Error));
        Assert.Equal(200, (await rig.GetAsync("/new")).Status);
        Assert.Equal(404, (await rig.GetAsync()).Status);
        await rig.ApplyAsync(GatewaySetup.To(one.EndPoint));
    }

    [Fact]
    public async Task A_request_in_flight_ends_where_it_began()
    {
        await using RawBackend old = RawBackend.Start(c => c.HangAsync());
        await using RawBackend next = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(old.EndPoint);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Get);
        RawConnection connection = await old.NextAsync();
        await connection.ReadHeadAsync().InTime();
        await rig.ApplyAsync(GatewaySetup.To(next.EndPoint));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
        Assert.Equal("old", (await client.ReadResponseAsync()).Body);
        await client.SendAsync(Get);
        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.Equal("", await connection.ReadToEndAsync().InTime());
        connection.Close();
    }

    [Fact]
    public async Task A_removed_listener_drains()
    {
        var arrived = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            while (true)
            {
                if ((await connection.ReadHeadAsync()).StartsWith("GET /slow", StringComparison.Ordinal))
                {
                    arrived.SetResult();
                    await gate.Task;
                }

                await connection.SendAsync(Backends.Ok);
            }
        });
        GatewaySetup setup = GatewaySetup.To(backend.EndPoint);
        await using HttpRig rig = await HttpRig.StartAsync(setup with { Listeners = setup.Listeners.Add(Other) });
        using RawClient silent = await rig.ConnectAsync(OtherPort);
        using RawClient idle = await rig.ConnectAsync(OtherPort);
        await idle.SendAsync(Get);
        await idle.ReadResponseAsync();
        using RawClient busy = await rig.ConnectAsync(OtherPort);
        await busy.SendAsync("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        await arrived.Task.InTime();

        await rig.ApplyAsync(setup);

        await Assert.ThrowsAsync<SocketException>(() => rig.ConnectAsync(OtherPort));
        Assert.Equal(("", Ending.Closed), await idle.ReadUntilEndAsync());
        Assert.Equal(("", Ending.Closed), await silent.ReadUntilEndAsync());
        gate.SetResult();
        RawResponse last = await busy.ReadResponseAsync();
        Assert.Equal(("ok", "close"), (last.Body, last.Header("Connection")));
        Assert.Equal(("", Ending.Closed), await busy.ReadUntilEndAsync());

        await rig.ApplyAsync(setup with { Listeners = setup.Listeners.Add(Other) });
        using RawClient again = await rig.ConnectAsync(OtherPort);
        await again.SendAsync(Get);
        Assert.Equal("ok", (await again.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task A_request_that_does_not_end_is_cut_at_the_drain_deadline()
    {
        await using RawBackend backend = RawBackend.Start(async c => await c.ReadToEndAsync());
        GatewaySetup setup = GatewaySetup.To(backend.EndPoint);
        DataPlaneOptions options = HttpRig.Patient with { DrainTimeout = TimeSpan.FromMilliseconds(300) };
        await using HttpRig rig = await HttpRig.StartAsync(setup with { Listeners = setup.Listeners.Add(Other) }, options);
        using RawClient client = await rig.ConnectAsync(OtherPort);
        await client.SendAsync(Get);
        RawConnection connection = await backend.NextAsync();
        await rig.ApplyAsync(setup);
        await client.ReadUntilEndAsync();
        await connection.Ended.InTime();
    }

    [Fact]
    public async Task A_listener_moves_to_another_port_and_back_under_load()
    {
        await using RawBackend backend = Backends.Answering();
        GatewaySetup here = GatewaySetup.To(backend.EndPoint);
        GatewaySetup there = here with { Listeners = here.Listeners.Add(Other) };
        await using HttpRig rig = await HttpRig.StartAsync(here);
        for (int i = 0; i < 10; i++)
        {
            await rig.ApplyAsync(there);
            using RawClient client = await rig.ConnectAsync(OtherPort);
            await client.SendAsync(Get);
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
            await rig.ApplyAsync(here);
            Assert.Equal(("", Ending.Closed), await client.ReadUntilEndAsync());
        }
    }

    /// <summary>Half of the clients keep their connection, half make a new one each time.</summary>
    private static async Task<int> AskUntilAsync(HttpRig rig, int index, CancellationToken stop)
    {
        int asked = 0;
        RawClient client = await rig.ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal("hello", (await client.ReadResponseAsync()).Body);
            asked++;
            if (index % 2 == 0)
            {
                client.Dispose();
                client = await rig.ConnectAsync();
            }
        }

        client.Dispose();
        return asked;
    }
}
