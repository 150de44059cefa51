using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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

/// <summary>Sorts a snapshot by address:port. Pure.</summary>
internal static class SnapshotPlan
{
    public static IReadOnlyList<PlannedPort> Of(ConfigSnapshot snapshot)
    {
        ILookup<(string, string), (HttpRouteResource Route, RouteParent Parent)> http = snapshot.All<HttpRouteResource>().Where(r => r.Kind == HttpRouteKind.Http)
            .SelectMany(r => r.Parents.Select(p => (Route: r, Parent: p)))
            .ToLookup(x => (x.Parent.Gateway, x.Parent.Listener));
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

            ImmutableArray<ListenerRoutes> sites =
            [
                .. listeners.Select(l => new ListenerRoutes(
                    l.Gateway.Key,
                    l.Config,
                    [.. http[(l.Gateway.Key, l.Config.Name)].Select(x => new AttachedRoute(x.Route, x.Parent.Hostnames))])),
            ];
            return new PlannedPort(endPoint, Signature(sites), sites, null, names);
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

    /// <summary>A hash: written out, the thousands of routes of one port would be a large text for each edit of one.</summary>
    private static string Signature(ImmutableArray<ListenerRoutes> sites)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ListenerRoutes site in sites)
        {
            Append($"\n{site.Gateway} {site.Listener}");
            foreach (AttachedRoute attached in site.Routes)
            {
                Append(attached.Route.Kind == HttpRouteKind.Grpc ? "\ngrpc " : "\nhttp ");
                Append(attached.Route.Namespace);
                Append("/");
                Append(attached.Route.Name);
                Append(attached.Route.Digest);
            }
        }

        return $"http {Convert.ToHexStringLower(hash.GetHashAndReset())}";

        void Append(string text) => hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
