using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane;

/// <summary>What a snapshot wants of one address:port.</summary>
/// <param name="Signature">Equal signatures mean equal service: then the target of the last snapshot is kept as it is.</param>
/// <param name="Http">The HTTP listeners with their routes; empty for a TCP port.</param>
/// <param name="Tcp">The TCP listener with the route that serves it; null for an HTTP port.</param>
internal sealed record PlannedPort(
    IPEndPoint EndPoint,
    string Signature,
    ImmutableArray<ListenerRoutes> Http,
    PlannedTcp? Tcp,
    ImmutableArray<PlannedListener> Listeners)
{
    /// <summary>The listener whose DNSRoutes serve the port; null where there are none.</summary>
    public PlannedDns? Dns { get; init; }

    /// <summary>Datagrams, not connections: the same address and port may be another's for TCP.</summary>
    public bool Udp { get; init; }
}

/// <param name="Routes">In order of precedence.</param>
internal sealed record PlannedDns(string Gateway, ListenerConfig Listener, ImmutableArray<DnsRouteResource> Routes);

internal sealed record PlannedTcp(string Gateway, ListenerConfig Listener, TcpRouteResource? Route);

internal sealed record PlannedListener(string Gateway, string Listener);

/// <summary>Sorts snapshots by address:port, one after the other.</summary>
internal sealed class SnapshotPlan
{
    private Dictionary<(string Gateway, string Listener), Attached> _http = [];
    private long _version;

    public IReadOnlyList<PlannedPort> Of(ConfigSnapshot snapshot)
    {
        _http = Sort(snapshot);
        ILookup<(string, string), TcpRouteResource> tcp = snapshot.All<TcpRouteResource>()
            .SelectMany(r => r.Parents.Select(p => (Route: r, Parent: p)))
            .ToLookup(x => (x.Parent.Gateway, x.Parent.Listener), x => x.Route);
        ILookup<(string, string), DnsRouteResource> dns = snapshot.All<DnsRouteResource>()
            .SelectMany(r => r.Parents.Select(p => (Route: r, Parent: p)))
            .ToLookup(x => (x.Parent.Gateway, x.Parent.Listener), x => x.Route);

        return
        [
            .. snapshot.All<GatewayResource>()
                .SelectMany(g => g.Addresses.SelectMany(a => g.Listeners.Where(IsServed).Select(l => (Gateway: g, Address: a, Listener: l))))
                .GroupBy(x => (EndPoint: new IPEndPoint(IPAddress.Parse(x.Address), x.Listener.Port), Udp: x.Listener.Protocol == ListenerProtocol.Udp))
                .Select(port => Port(port.Key.EndPoint, [.. port.Select(x => (x.Gateway, x.Listener))]) with { Udp = port.Key.Udp }),
        ];

        PlannedPort Port(IPEndPoint endPoint, ImmutableArray<(GatewayResource Gateway, ListenerConfig Config)> listeners)
        {
            ImmutableArray<PlannedListener> names = [.. listeners.Select(l => new PlannedListener(l.Gateway.Key, l.Config.Name))];
            if (listeners.FirstOrDefault(l => l.Config.Protocol is ListenerProtocol.Tcp or ListenerProtocol.Udp) is { Config: not null } first)
            {
                if (Dns(first.Gateway.Key, first.Config) is { } dnsPort)
                {
                    return new PlannedPort(endPoint, Signature(dnsPort), [], null, names) { Dns = dnsPort };
                }

                // Several TCPRoutes on one listener: only the oldest serves (Gateway API, TCPRoute).
                TcpRouteResource? route = tcp[(first.Gateway.Key, first.Config.Name)]
                    .OrderBy(r => r.CreatedAt).ThenBy(r => r.Namespace, StringComparer.Ordinal).ThenBy(r => r.Name, StringComparer.Ordinal)
                    .FirstOrDefault();
                var planned = new PlannedTcp(first.Gateway.Key, first.Config, route);
                return new PlannedPort(endPoint, Signature(planned), [], planned, names);
            }

            (ListenerRoutes Site, long Version)[] sites =
            [
                .. listeners.Select(l => _http.TryGetValue((l.Gateway.Key, l.Config.Name), out Attached? attached)
                    ? (new ListenerRoutes(l.Gateway.Key, l.Config, attached.Routes), attached.Version)
                    : (new ListenerRoutes(l.Gateway.Key, l.Config, []), 0)),
            ];
            return new PlannedPort(endPoint, Signature(sites), [.. sites.Select(s => s.Site)], null, names);
        }

        PlannedDns? Dns(string gateway, ListenerConfig listener)
        {
            ImmutableArray<DnsRouteResource> routes =
            [
                .. dns[(gateway, listener.Name)].DistinctBy(r => r.Id)
                    .OrderBy(r => r.CreatedAt).ThenBy(r => r.Namespace, StringComparer.Ordinal).ThenBy(r => r.Name, StringComparer.Ordinal),
            ];
            return routes.IsEmpty ? null : new PlannedDns(gateway, listener, routes);
        }
    }

    /// <summary>Listeners of other protocols have no data path here and open no port.</summary>
    private static bool IsServed(ListenerConfig listener) => listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Tcp or ListenerProtocol.Udp;

    private static string Signature(PlannedTcp tcp) => $"tcp {tcp.Gateway} {tcp.Listener} {tcp.Route?.Digest}";

    private static string Signature(PlannedDns dns) =>
        $"dns {dns.Gateway} {dns.Listener} {string.Join(' ', dns.Routes.Select(r => r.Id + r.Digest))}";

    private static string Signature((ListenerRoutes Site, long Version)[] sites) =>
        $"http {string.Join('\n', sites.Select(s => $"{s.Site.Gateway} {s.Site.Listener} {s.Version}"))}";

    /// <summary>The HTTPRoutes of each listener, under a number that stays while they are the same objects as in the snapshot before.</summary>
    private Dictionary<(string Gateway, string Listener), Attached> Sort(ConfigSnapshot snapshot)
    {
        var builders = new Dictionary<(string Gateway, string Listener), ImmutableArray<AttachedRoute>.Builder>();
        RouteParent? last = null;
        ImmutableArray<AttachedRoute>.Builder? builder = null;
        foreach (HttpRouteResource route in snapshot.All<HttpRouteResource>())
        {
            if (route.Kind != HttpRouteKind.Http)
            {
                continue;
            }

            foreach (RouteParent parent in route.Parents)
            {
                // Most routes have the parent of the one before.
                if (builder is null || last is null || parent.Gateway != last.Gateway || parent.Listener != last.Listener)
                {
                    ref ImmutableArray<AttachedRoute>.Builder? found =
                        ref CollectionsMarshal.GetValueRefOrAddDefault(builders, (parent.Gateway, parent.Listener), out _);
                    builder = found ??= ImmutableArray.CreateBuilder<AttachedRoute>();
                    last = parent;
                }

                builder.Add(new AttachedRoute(route, parent.Hostnames));
            }
        }

        var sorted = new Dictionary<(string Gateway, string Listener), Attached>(builders.Count);
        foreach ((var listener, ImmutableArray<AttachedRoute>.Builder routes) in builders)
        {
            sorted[listener] = _http.TryGetValue(listener, out Attached? before) && before.Is(routes)
                ? before
                : new Attached(routes.DrainToImmutable(), ++_version);
        }

        return sorted;
    }

    private sealed record Attached(ImmutableArray<AttachedRoute> Routes, long Version)
    {
        public bool Is(ImmutableArray<AttachedRoute>.Builder routes)
        {
            if (routes.Count != Routes.Length)
            {
                return false;
            }

            for (int i = 0; i < Routes.Length; i++)
            {
                if (!Routes[i].IsSameAs(routes[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
