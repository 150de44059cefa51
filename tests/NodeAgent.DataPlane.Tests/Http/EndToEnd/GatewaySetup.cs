using System.Collections.Immutable;
using System.Net;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>What a rig serves: services by name, and the rules of one HTTPRoute.</summary>
internal sealed record GatewaySetup
{
    public const string Namespace = "ns";
    public const string Gateway = "gateway";

    public ImmutableArray<ListenerConfig> Listeners { get; init; } =
        [new ListenerConfig("http", HttpRig.Port, ListenerProtocol.Http)];

    public ImmutableArray<BackendResource> Services { get; init; } = [];

    public ImmutableArray<StaticFilesResource> Files { get; init; } = [];

    public ImmutableArray<HttpRule> Rules { get; init; } = [];

    /// <summary>Everything goes to these endpoints, of one Service.</summary>
    public static GatewaySetup To(params IPEndPoint[] endpoints) =>
        new GatewaySetup().Service("all", endpoints).Rule("all", Routes.Prefix("/"));

    public GatewaySetup Service(string name, params IPEndPoint[] endpoints) => this with
    {
        Services = Services.Add(new BackendResource(
            Namespace, name, 80, BackendProtocol.Http1, [.. endpoints.Select(e => new Endpoint(e.Address.ToString(), e.Port))])),
    };

    public GatewaySetup Rule(string service, params HttpMatch[] matches) => Rule(null, [Share(service)], matches);

    public GatewaySetup Rule(HttpFilters? filters, ImmutableArray<BackendShare> shares, params HttpMatch[] matches) => this with
    {
        Rules = Rules.Add(new HttpRule(Rules.Length, null, [.. matches], filters, shares)),
    };

    public static BackendShare Share(string service, int weight = 1, HttpFilters? filters = null) =>
        new(weight, BackendResource.IdOf(Namespace, service, 80), Filters: filters);

    public static BackendShare Faulty(int weight = 1) => new(weight, null, "BackendNotFound");

    public ConfigSnapshot ToSnapshot(string address, IPEndPoint probe)
    {
        const string probed = "probe";
        BackendResource probeService = new(
            Namespace, probed, 80, BackendProtocol.Http1, [new Endpoint(probe.Address.ToString(), probe.Port)]);
        HttpRule probeRule = new(0, null, [Routes.Prefix("/")], null, [Share(probed)]);
        string gateway = $"{Namespace}/{Gateway}";
        return ConfigSnapshot.Create(
        [
            .. Services,
            .. Files,
            probeService,
            new GatewayResource(Namespace, Gateway, [address], Listeners),
            new HttpRouteResource(Namespace, "route", 0, Parents([]), Rules),
            new HttpRouteResource(Namespace, probed, 0, Parents([HttpRig.ProbeHost]), [probeRule]),
        ]);

        ImmutableArray<RouteParent> Parents(ImmutableArray<string> hostnames) =>
            [.. Listeners.Select(l => new RouteParent(gateway, l.Name, hostnames))];
    }
}
