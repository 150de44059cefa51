using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeAgent.DataPlane.Linux;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Tcp;

/// <summary>A data plane on a loopback address of its own, with one Gateway whose listeners the test chooses.</summary>
internal sealed class TcpRig : IAsyncDisposable
{
    public const int Port = 7000;
    public const string Gateway = "shop/edge";

    private static int s_addresses;

    private TcpRig(GatewayDataPlane plane, IPAddress address) => (Plane, Address) = (plane, address);

    public GatewayDataPlane Plane { get; }

    public IPAddress Address { get; }

    public IPEndPoint EndPoint => new(Address, Port);

    public static DataPlaneOptions Options { get; } = new()
    {
        Workers = 2,
        AccessLog = null,
        DrainTimeout = TimeSpan.Zero,
    };

    public static async Task<TcpRig> StartAsync(DataPlaneOptions? options = null, DescriptorBudget? budget = null)
    {
        options ??= Options;
        var plane = budget is null ? new GatewayDataPlane(options) : new GatewayDataPlane(options, budget);
        await plane.StartAsync();
        return new TcpRig(plane, NewAddress());
    }

    /// <summary>Room for one listener and so many descriptors of connections.</summary>
    public static DescriptorBudget BudgetOf(int connections, int workers) =>
        new((connections + ListenSocket.Descriptors(workers)) * 2); // half of a small limit is kept back

    /// <summary>A loopback address that no other rig uses, not even in a test run of another process.</summary>
    public static IPAddress NewAddress()
    {
        int pid = Environment.ProcessId;
        int n = Interlocked.Increment(ref s_addresses);
        return new IPAddress([127, (byte)(64 + ((pid >> 8) % 128)), (byte)pid, (byte)n]);
    }

    /// <summary>One TCP listener whose route goes to one Service with these endpoints.</summary>
    public async Task ServeAsync(params IPEndPoint[] endPoints)
    {
        ImmutableArray<BindResult> results = await ApplyAsync(Edge(TcpListener()), Route(Share("a")), Service("a", endPoints));
        Assert.All(results, r => Assert.Null(r.Error));
    }

    public async Task<ImmutableArray<BindResult>> ApplyAsync(params Resource[] resources)
    {
        ConfigSnapshot snapshot = ConfigSnapshot.Create(resources);
        Assert.Empty(SnapshotValidation.Check(snapshot));
        return await Plane.ApplyAsync(snapshot).WaitAsync(Net.Patience);
    }

    public GatewayResource Edge(params ListenerConfig[] listeners) =>
        new("shop", "edge", [Address.ToString()], [.. listeners]);

    public static ListenerConfig TcpListener(string name = "tcp", int port = Port) => new(name, port, ListenerProtocol.Tcp);

    public static ListenerConfig HttpListener(string name = "tcp", int port = Port) => new(name, port, ListenerProtocol.Http);

    public static TcpRouteResource Route(params BackendShare[] shares) =>
        new("shop", "route", 1, [new RouteParent(Gateway, "tcp", [])], [.. shares]);

    /// <summary>An HTTPRoute that sends everything to one Service.</summary>
    public static HttpRouteResource HttpRoute(BackendShare share) =>
        new("shop", "route", 1, [new RouteParent(Gateway, "tcp", [])], [
            new HttpRule(0, null, [new HttpMatch(new PathMatch(PathMatchType.Prefix, "/"), null, [], [])], null, [share]),
        ]);

    public static BackendShare Share(string service, int weight = 1) => new(weight, BackendResource.IdOf("shop", service, 80));

    public static BackendResource Service(string name, params IPEndPoint[] endPoints) =>
        new("shop", name, 80, BackendProtocol.Http1, [.. endPoints.Select(e => new Endpoint(e.Address.ToString(), e.Port))]);

    public Task<Socket> ConnectAsync(int port = Port) => Net.ConnectAsync(new IPEndPoint(Address, port));

    public string Metrics()
    {
        var output = new ArrayBufferWriter<byte>();
        Plane.WriteMetrics(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The value of the one sample that begins so; -1 without one.</summary>
    public double Metric(string sample)
    {
        string? line = Metrics().Split('\n').SingleOrDefault(l => l.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? -1 : double.Parse(line[(sample.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public double RouteMetric(string name, string more = "") =>
        Metric($"{name}{{route_kind=\"TCPRoute\",route_namespace=\"shop\",route_name=\"route\"{more}}}");

    public double Ended(string reason) => RouteMetric("tcp_connections_closed_total", $",reason=\"{reason}\"");

    public ValueTask DisposeAsync() => Plane.DisposeAsync();
}
