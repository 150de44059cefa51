using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Health;

/// <summary>Endpoints that take TCP connections well, but whose health port says what the test wants.</summary>
public sealed class HealthyEndpointTests : IAsyncLifetime
{
    private static readonly HealthCheckConfig EveryMoment = new(HealthCheckType.Http, 20, 5000, 2, 2);

    private TcpRig _rig = null!;
    private RawBackend _a = null!;
    private RawBackend _b = null!;
    private volatile int _statusOfA = 200;
    private volatile int _statusOfB = 200;

    public async Task InitializeAsync()
    {
        _rig = await TcpRig.StartAsync();
        _a = RawBackend.Start(c => SpeakAsync(c, "a", () => _statusOfA));
        _b = RawBackend.Start(c => SpeakAsync(c, "b", () => _statusOfB));
        BackendResource service = TcpRig.Service("a", _a.EndPoint, _b.EndPoint) with
        {
            Settings = new BackendSettingsConfig(HealthCheck: EveryMoment),
        };
        await _rig.ApplyAsync(_rig.Edge(TcpRig.TcpListener()), TcpRig.Route(TcpRig.Share("a")), service);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task An_unhealthy_endpoint_is_passed_over_until_it_is_well_again()
    {
        Assert.Equal(["a", "b"], await AnswersAsync());
        _statusOfA = 503;
        await UnhealthyAsync(1);
        Assert.Equal(["b"], await AnswersAsync());
        _statusOfA = 200;
        await UnhealthyAsync(0);
        Assert.Equal(["a", "b"], await AnswersAsync());
    }

    [Fact]
    public async Task All_endpoints_are_used_when_none_is_healthy()
    {
        _statusOfA = _statusOfB = 500;
        await UnhealthyAsync(2);
        Assert.Equal(["a", "b"], await AnswersAsync());
    }

    [Fact]
    public async Task A_connection_outlives_the_health_of_its_endpoint()
    {
        _statusOfB = 500;
        await UnhealthyAsync(1);
        using Socket client = await _rig.ConnectAsync();
        await client.SendTextAsync("name\r\n\r\n");
        Assert.Equal("a", await client.ReadTextAsync(1));
        _statusOfB = 200;
        await UnhealthyAsync(0);
        _statusOfA = 500;
        await UnhealthyAsync(1);
        await client.SendTextAsync("name\r\n\r\n");
        Assert.Equal("a", await client.ReadTextAsync(1));
    }

    [Fact]
    public async Task Without_settings_nothing_is_checked_any_more()
    {
        _statusOfA = 500;
        await UnhealthyAsync(1);
        await _rig.ServeAsync(_a.EndPoint, _b.EndPoint);
        Assert.Equal(0, Unhealthy);
        Assert.Equal(["a", "b"], await AnswersAsync());
    }

    private double Unhealthy => _rig.Metric("backend_endpoints_unhealthy{backend=\"backend/shop/a/80\"}");

    private static async Task SpeakAsync(RawConnection connection, string name, Func<int> status)
    {
        while (true)
        {
            string head = await connection.ReadHeadAsync();
            if (head.StartsWith("GET", StringComparison.Ordinal))
            {
                await connection.SendAsync($"HTTP/1.1 {status()} x\r\n\r\n");
                return;
            }

            await connection.SendAsync(name);
        }
    }

    private Task UnhealthyAsync(int count) => EventuallyAsync(() => Unhealthy == count, _rig.Metrics);

    /// <summary>Who answers, of enough connections that both workers have gone round.</summary>
    private async Task<IEnumerable<string>> AnswersAsync()
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < 12; i++)
        {
            using Socket client = await _rig.ConnectAsync();
            await client.SendTextAsync("name\r\n\r\n");
            seen.Add(await client.ReadTextAsync(1));
        }

        return seen.Order();
    }
}
