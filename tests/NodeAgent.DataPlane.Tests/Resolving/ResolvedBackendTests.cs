using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Resolving;

public sealed class ResolvedBackendTests : IAsyncLifetime
{
    private const int IntervalMs = 20;

    private readonly ConcurrentDictionary<string, IPAddress[]> _names = new();
    private TcpRig _rig = null!;
    private IPAddress _first = null!;
    private IPAddress _second = null!;
    private RawBackend _a = null!;
    private RawBackend _b = null!;
    private volatile bool _down;

    public async Task InitializeAsync()
    {
        _rig = await TcpRig.StartAsync(TcpRig.Options with { LookUp = LookUpAsync });
        (_first, _second) = (TcpRig.NewAddress(), TcpRig.NewAddress());
        _a = RawBackend.Start(c => SpeakAsync(c, "a"), new IPEndPoint(_first, 0));
        _b = RawBackend.Start(c => SpeakAsync(c, "b"), new IPEndPoint(_second, _a.EndPoint.Port));
        _names["db.example"] = [_first];
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task The_first_connection_finds_the_address_of_the_name()
    {
        await ServeAsync("db.example");
        Assert.Equal("a", await AskAsync());
    }

    [Fact]
    public async Task A_new_address_is_followed_and_old_connections_go_on()
    {
        await ServeAsync("db.example");
        using Socket before = await _rig.ConnectAsync();
        await before.SendTextAsync("x");
        Assert.Equal("a", await before.ReadTextAsync(1));

        _names["db.example"] = [_second];
        await EventuallyAsync(() => AskAsync().Result == "b", _rig.Metrics);
        await before.SendTextAsync("x");
        Assert.Equal("a", await before.ReadTextAsync(1));
    }

    [Fact]
    public async Task The_last_answer_stays_while_names_cannot_be_resolved()
    {
        await ServeAsync("db.example");
        _down = true;
        double failed = Failed;
        await EventuallyAsync(() => Failed >= failed + 3, _rig.Metrics);
        Assert.Equal("a", await AskAsync());
        _names["db.example"] = [];
        _down = false;
        failed = Failed;
        await EventuallyAsync(() => Failed >= failed + 3, _rig.Metrics);
        Assert.Equal("a", await AskAsync());
    }

    [Fact]
    public async Task A_name_that_nobody_knows_has_no_endpoint_until_somebody_does()
    {
        await ServeAsync("late.example");
        await ExpectResetAsync(_rig.EndPoint);
        _names["late.example"] = [_second];
        await EventuallyAsync(() => Endpoints == 1, _rig.Metrics);
        Assert.Equal("b", await AskAsync());
    }

    [Fact]
    public async Task A_backend_without_names_asks_nobody()
    {
        await ServeAsync("db.example");
        await _rig.ServeAsync(_b.EndPoint);
        Assert.Equal("b", await AskAsync());
        double asked = Asked;

        // That nothing happens is no event; in this time five lookups would have.
        await Task.Delay(5 * IntervalMs);
        Assert.InRange(Asked, asked, asked + 1); // one may have been on its way
    }

    private double Failed => _rig.Metric("host_lookups_total{result=\"failed\"}");

    private double Asked => Failed + _rig.Metric("host_lookups_total{result=\"found\"}");

    private double Endpoints => _rig.Metric("backend_endpoints{backend=\"backend/shop/a/80\"}");

    private static async Task SpeakAsync(RawConnection connection, string name)
    {
        while (true)
        {
            await connection.ReadAsync(1);
            await connection.SendAsync(name);
        }
    }

    private Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancel) => _down || !_names.TryGetValue(name, out IPAddress[]? found)
        ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
        : Task.FromResult(found);

    private async Task ServeAsync(string name) => Assert.All(
        await _rig.ApplyAsync(
            _rig.Edge(TcpRig.TcpListener()),
            TcpRig.Route(TcpRig.Share("a")),
            TcpRig.Service("a") with { Hostnames = [new ResolvedHost(name, _a.EndPoint.Port, IntervalMs)] }),
        r => Assert.Null(r.Error));

    private async Task<string> AskAsync()
    {
        using Socket client = await _rig.ConnectAsync();
        await client.SendTextAsync("x");
        return await client.ReadTextAsync(1);
    }
}
