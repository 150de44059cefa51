using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Tests.Http;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Balancing;

public sealed class BackendLimitTests
{
    [Fact]
    public async Task A_request_beyond_the_connections_of_an_endpoint_is_answered_503_at_once()
    {
        await using var backend = new HeldBackend();
        await using HttpRig rig = await HttpRig.StartAsync(Setup(new BackendSettingsConfig(MaxConnections: 2), backend.EndPoint));
        Task<RawResponse>[] busy = [rig.GetAsync(), rig.GetAsync()];
        await backend.HoldsAsync(2);
        Assert.Equal(503, (await rig.GetAsync()).Status);
        backend.Release(2);
        Assert.All(await Task.WhenAll(busy), r => Assert.Equal(200, r.Status));
        Assert.Contains(await rig.StopAndReadLogAsync(), l => l.Reason == "backend_overloaded");
    }

    [Fact]
    public async Task A_waiting_request_goes_on_when_another_ends_on_whichever_worker()
    {
        await using var backend = new HeldBackend();
        await using HttpRig rig = await HttpRig.StartAsync(
            Setup(new BackendSettingsConfig(MaxConnections: 1, MaxPending: 12), backend.EndPoint));

        // Enough that both workers hold and wait.
        Task<RawResponse>[] all = [.. Enumerable.Range(0, 12).Select(_ => rig.GetAsync())];
        for (int i = 0; i < all.Length; i++)
        {
            await backend.HoldsAsync(1);
            backend.Release(1);
        }

        Assert.All(await Task.WhenAll(all).InTime(), r => Assert.Equal(200, r.Status));
    }

    [Fact]
    public async Task A_request_waits_no_longer_than_for_a_connect()
    {
        await using var backend = new HeldBackend();
        await using HttpRig rig = await HttpRig.StartAsync(
            Setup(new BackendSettingsConfig(MaxConnections: 1, MaxPending: 1, ConnectTimeoutMs: 200), backend.EndPoint));
        Task<RawResponse> busy = rig.GetAsync();
        await backend.HoldsAsync(1);
        var clock = Stopwatch.StartNew();
        Assert.Equal(503, (await rig.GetAsync()).Status);
        Assert.True(clock.ElapsedMilliseconds >= 190, $"did not wait: {clock.Elapsed}");
        backend.Release(1);
        Assert.Equal(200, (await busy).Status);
    }

    [Fact]
    public async Task The_other_endpoint_serves_when_one_is_full()
    {
        await using var full = new HeldBackend();
        await using RawBackend free = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(
            Setup(new BackendSettingsConfig(MaxConnections: 1), full.EndPoint, free.EndPoint));
        var held = new List<Task<RawResponse>>();
        Task holds = full.HoldsAsync(1);
        while (!holds.IsCompleted)
        {
            held.Add(rig.GetAsync());
            await Task.WhenAny(held[^1], holds);
        }

        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(200, (await rig.GetAsync()).Status);
        }

        full.Release(1);
        Assert.All(await Task.WhenAll(held), r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [InlineData(HashSource.Header, "x-user: {0}")]
    [InlineData(HashSource.Cookie, "Cookie: a=b; x-user={0}; c=d")]
    public async Task Requests_with_one_key_go_to_one_endpoint(HashSource source, string header)
    {
        await using Pods pods = await Pods.StartAsync("a", "b", "c");
        BackendSettingsConfig settings = new(LoadBalancing: new LoadBalancingConfig(LoadBalancingType.ConsistentHash, source, "x-user"));
        await using HttpRig rig = await HttpRig.StartAsync(Setup(settings, pods.EndPoints));
        var homes = new HashSet<string>();
        for (int user = 0; user < 20; user++)
        {
            string line = string.Format(null, header, user) + "\r\n";
            string home = await PodAsync(rig, line);
            Assert.Equal(home, await PodAsync(rig, line));
            Assert.Equal(home, await PodAsync(rig, line));
            homes.Add(home);
        }

        Assert.Equal(3, homes.Count);
    }

    [Fact]
    public async Task A_TCP_connection_beyond_the_limit_is_reset()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            await c.SendAsync("hi");
            await c.ReadAsync(1);
        });
        await rig.ApplyAsync(
            rig.Edge(TcpRig.TcpListener()),
            TcpRig.Route(TcpRig.Share("a")),
            TcpRig.Service("a", backend.EndPoint) with { Settings = new BackendSettingsConfig(MaxConnections: 1) });
        using (Socket first = await rig.ConnectAsync())
        {
            Assert.Equal("hi", await first.ReadTextAsync(2));
            await ExpectResetAsync(rig.EndPoint);
            Assert.Equal(1, rig.Ended("backend_full"));
            await first.SendTextAsync("x");
            Assert.Equal("", await first.ReadToEndAsync());
        }

        await EventuallyAsync(() => rig.Ended("finished") == 1, rig.Metrics);
        using Socket second = await rig.ConnectAsync();
        Assert.Equal("hi", await second.ReadTextAsync(2));
    }

    [Fact]
    public async Task Timeouts_of_the_settings_replace_those_of_the_data_plane()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        await using RawBackend silent = RawBackend.Start(c => c.ReadAsync(1));
        await rig.ApplyAsync(
            rig.Edge(TcpRig.TcpListener()),
            TcpRig.Route(TcpRig.Share("a")),
            TcpRig.Service("a", silent.EndPoint) with { Settings = new BackendSettingsConfig(IdleTimeoutMs: 150) });
        await ExpectResetAsync(rig.EndPoint);
        await EventuallyAsync(() => rig.Ended("idle") == 1, rig.Metrics);
    }

    private static GatewaySetup Setup(BackendSettingsConfig settings, params IPEndPoint[] endpoints)
    {
        GatewaySetup setup = GatewaySetup.To(endpoints);
        return setup with { Services = [setup.Services[0] with { Settings = settings }] };
    }

    private static async Task<string> PodAsync(HttpRig rig, string headers) => (await rig.EchoAsync(headers: headers)).Pod!;

    /// <summary>Answers a request only when it is told to.</summary>
    private sealed class HeldBackend : IAsyncDisposable
    {
        private readonly SemaphoreSlim _free = new(0);
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly RawBackend _backend;
        public HeldBackend() => _backend = RawBackend.Start(async c =>
        {
            while (true)
            {
                await c.ReadHeadAsync();
                _arrived.Release();
                await _free.WaitAsync();
                await c.SendAsync(Backends.Ok);
            }
        });

        public IPEndPoint EndPoint => _backend.EndPoint;

        public async Task HoldsAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.True(await _arrived.WaitAsync(RawClient.Deadline), "no request came");
            }
        }

        public void Release(int count) => _free.Release(count);

        public async ValueTask DisposeAsync()
        {
            _free.Release(1000);
            await _backend.DisposeAsync();
            _free.Dispose();
            _arrived.Dispose();
        }
    }
}
