using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed class EndpointChoiceTests : IAsyncLifetime
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(300);

    private TcpRig _rig = null!;

    public async Task InitializeAsync() => _rig = await TcpRig.StartAsync(TcpRig.Options with { ConnectTimeout = ConnectTimeout });

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task The_next_endpoint_serves_when_one_refuses()
    {
        using var refusing = new RefusingBackend();
        using var alsoRefusing = new RefusingBackend();
        await using RawBackend good = Naming("good");
        await _rig.ServeAsync(refusing.EndPoint, alsoRefusing.EndPoint, good.EndPoint);
        for (int i = 0; i < 12; i++)
        {
            Assert.Equal("good", await AskAsync());
        }

        Assert.Equal(0, _rig.Ended("backend_refused"));
    }

    [Fact]
    public async Task The_client_is_reset_when_all_endpoints_refuse()
    {
        using var refusing = new RefusingBackend();
        using var alsoRefusing = new RefusingBackend();
        await _rig.ServeAsync(refusing.EndPoint, alsoRefusing.EndPoint);
        for (int i = 0; i < 5; i++)
        {
            await ExpectResetAsync(_rig.EndPoint);
        }

        await EventuallyAsync(() => _rig.Ended("backend_refused") == 5, () => _rig.Metrics());
    }

    [Fact]
    public async Task The_next_endpoint_serves_when_one_does_not_answer()
    {
        using Socket hole = Listen(backlog: 0);
        using Socket filler = await ConnectAsync(EndPointOf(hole));
        await using RawBackend good = Naming("good");
        await _rig.ServeAsync(EndPointOf(hole), good.EndPoint);
        var clock = Stopwatch.StartNew();

        // Each worker turns in a circle, so of two connections to one worker one meets the hole first.
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("good", await AskAsync());
        }

        Assert.True(clock.Elapsed >= ConnectTimeout, $"nobody waited: {clock.Elapsed}");
    }

    [Fact]
    public async Task The_client_is_reset_when_no_endpoint_answers_in_time()
    {
        using Socket hole = Listen(backlog: 0);
        using Socket filler = await ConnectAsync(EndPointOf(hole));
        await _rig.ServeAsync(EndPointOf(hole));
        await ExpectResetAsync(_rig.EndPoint);
    }

    [Fact]
    public async Task An_endpoint_that_is_no_address_of_any_neighbour_is_passed_over()
    {
        await using RawBackend good = Naming("good");

        // Broadcast: connect(2) itself fails.
        await _rig.ServeAsync(new IPEndPoint(IPAddress.Broadcast, 80), good.EndPoint);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("good", await AskAsync());
        }
    }

    [Fact]
    public async Task Connections_are_reset_at_once_without_anything_to_send_them_to()
    {
        await using RawBackend good = Naming("good");
        Resource edge = _rig.Edge(TcpRig.TcpListener());
        Resource empty = TcpRig.Service("a"), full = TcpRig.Service("b", good.EndPoint);
        await ExpectAllResetAsync("no endpoint", edge, empty, TcpRig.Route(TcpRig.Share("a")));
        await ExpectAllResetAsync("a faulty reference", edge, TcpRig.Route(new BackendShare(1, null, "BackendNotFound")));
        await ExpectAllResetAsync("no route", edge);
        await ExpectAllResetAsync("weight 0", edge, full, TcpRig.Route(TcpRig.Share("b", weight: 0)));
        await ExpectAllResetAsync("no backendRefs", edge, TcpRig.Route());
        Assert.Empty(good.Connections);
    }

    [Fact]
    public async Task A_faulty_reference_keeps_its_share()
    {
        await using RawBackend good = Naming("good");
        await _rig.ApplyAsync(
            _rig.Edge(TcpRig.TcpListener()),
            TcpRig.Service("a", good.EndPoint),
            TcpRig.Route(TcpRig.Share("a", 1), new BackendShare(1, null, "RefNotPermitted")));
        const int connections = 400;
        int served = 0;
        for (int i = 0; i < connections; i++)
        {
            served += await TryAskAsync() is null ? 0 : 1;
        }

        // Half, give or take six standard deviations (10 each).
        Assert.InRange(served, 140, 260);
    }

    [Fact]
    public async Task Connections_are_shared_by_weight()
    {
        await using RawBackend a = Naming("a"), b = Naming("b"), c = Naming("c");
        await _rig.ApplyAsync(
            _rig.Edge(TcpRig.TcpListener()),
            TcpRig.Service("a", a.EndPoint),
            TcpRig.Service("b", b.EndPoint),
            TcpRig.Service("c", c.EndPoint),
            TcpRig.Route(TcpRig.Share("a", 9), TcpRig.Share("b", 1), TcpRig.Share("c", 0)));
        const int connections = 500;
        for (int i = 0; i < connections; i++)
        {
            await AskAsync();
        }

        // 450 and 50, give or take six standard deviations (6.7 each).
        Assert.InRange(a.Connections.Length, 410, 490);
        Assert.Equal(connections, a.Connections.Length + b.Connections.Length);
        Assert.Empty(c.Connections);
    }

    [Fact]
    public async Task The_endpoints_of_a_Service_take_turns()
    {
        await using RawBackend a = Naming("a"), b = Naming("b"), c = Naming("c");
        await _rig.ServeAsync(a.EndPoint, b.EndPoint, c.EndPoint);
        for (int i = 0; i < 60; i++)
        {
            await AskAsync();
        }

        // Each of the two workers may be one connection out of step.
        Assert.All([a, b, c], x => Assert.InRange(x.Connections.Length, 18, 22));
    }

    [Fact]
    public async Task The_oldest_of_two_TCPRoutes_on_a_listener_serves()
    {
        await using RawBackend a = Naming("a"), b = Naming("b");
        TcpRouteResource route = TcpRig.Route(TcpRig.Share("a")) with { CreatedAt = 20 };
        await _rig.ApplyAsync(
            _rig.Edge(TcpRig.TcpListener()),
            TcpRig.Service("a", a.EndPoint),
            TcpRig.Service("b", b.EndPoint),
            route,
            route with { Name = "older", CreatedAt = 10, Backends = [TcpRig.Share("b")] });
        Assert.Equal("b", await AskAsync());
    }

    /// <summary>Says its name and closes.</summary>
    private static RawBackend Naming(string name) => RawBackend.Start(c => c.SendAsync(name));

    private async Task<string> AskAsync() =>
        await TryAskAsync() ?? throw new InvalidOperationException("the connection was reset");

    private async Task<string?> TryAskAsync()
    {
        try
        {
            using Socket client = await _rig.ConnectAsync();
            string answer = await client.ReadToEndAsync();
            return answer;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return null;
        }
    }

    private async Task ExpectAllResetAsync(string why, params Resource[] resources)
    {
        await _rig.ApplyAsync(resources);
        for (int i = 0; i < 4; i++)
        {
            await ExpectResetAsync(_rig.EndPoint);
        }

        string sample = resources.OfType<TcpRouteResource>().Any()
            ? "{route_kind=\"TCPRoute\",route_namespace=\"shop\",route_name=\"route\",reason=\"no_backend\"}"
            : "{gateway_namespace=\"shop\",gateway_name=\"edge\",listener=\"tcp\",reason=\"no_backend\"}";
        await EventuallyAsync(() => _rig.Metric("tcp_connections_closed_total" + sample) >= 4, () => why);
    }
}
