using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>A data plane with one HTTP listener on loopback, whose one rule sends all requests to one backend.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly GatewayDataPlane _dataPlane;
    private readonly string _log;
    private readonly HttpFilters? _filters;
    private bool _disposed;

    private TestGateway(DataPlaneOptions options, HttpFilters? filters)
    {
        _log = Path.Combine(Path.GetTempPath(), $"nodeagent-h2-{Guid.NewGuid():N}.log");
        _filters = filters;
        _dataPlane = new GatewayDataPlane(options with { AccessLog = _log });
    }

    /// <summary>No outgoing connection can have taken its port: the address is this gateway's alone.</summary>
    public IPEndPoint EndPoint { get; } = new(TcpRig.NewAddress(), 8080);

    public Uri Uri => new($"http://{EndPoint}");

    public static Task<TestGateway> StartAsync(BackendProtocol protocol, params IPEndPoint[] endpoints) =>
        StartAsync(new DataPlaneOptions(), null, protocol, endpoints);

    public static async Task<TestGateway> StartAsync(
        DataPlaneOptions options, HttpFilters? filters, BackendProtocol protocol, params IPEndPoint[] endpoints)
    {
        var gateway = new TestGateway(options with { Workers = 2, DrainTimeout = TimeSpan.FromMilliseconds(100) }, filters);
        await gateway._dataPlane.StartAsync();
        await gateway.ApplyAsync(protocol, endpoints);
        return gateway;
    }

    public async Task ApplyAsync(BackendProtocol protocol, params IPEndPoint[] endpoints)
    {
        var backend = new BackendResource(
            "ns", "app", 80, protocol, [.. endpoints.Select(e => new Endpoint(e.Address.ToString(), e.Port))]);
        var rule = new HttpRule(
            0, null, [new HttpMatch(new PathMatch(PathMatchType.Prefix, "/"), null, [], [])], _filters, [new BackendShare(1, backend.Id)]);
        ImmutableArray<BindResult> bound = await _dataPlane.ApplyAsync(ConfigSnapshot.Create(
        [
            new GatewayResource("ns", "gw", [EndPoint.Address.ToString()], [new ListenerConfig("http", EndPoint.Port, ListenerProtocol.Http)]),
            new HttpRouteResource("ns", "route", 0, [new RouteParent("ns/gw", "http", [])], [rule]),
            backend,
        ]));
        Assert.All(bound, b => Assert.Null(b.Error));
    }

    /// <summary>A client of this gateway that speaks exactly this version, HTTP/2 by prior knowledge.</summary>
    public HttpClient Client(Version version) => new(Handler())
    {
        BaseAddress = Uri,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(20),
    };

    public static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };

    /// <summary>Ends the gateway and returns its access log.</summary>
    public async Task<IReadOnlyList<JsonElement>> LogAsync()
    {
        await StopAsync();
        return [.. (await File.ReadAllLinesAsync(_log)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        File.Delete(_log);
    }

    private async Task StopAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _dataPlane.DisposeAsync();
        }
    }
}
