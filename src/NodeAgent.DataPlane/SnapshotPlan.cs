using System.Collections.Immutable;
using System.Net;
using System.Text;
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
    ImmutableArray<PlannedListener> Listeners);

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

        return
        [
            .. snapshot.All<GatewayResource>()
                .SelectMany(g => g.Addresses.SelectMany(a => g.Listeners.Where(IsServed).Select(l => (Gateway: g, Address: a, Listener: l))))
                .GroupBy(x => new IPEndPoint(IPAddress.Parse(x.Address), x.Listener.Port))
                .Select(port => Port(port.Key, [.. port.Select(x => (x.Gateway, x.Listener))])),
        ];

        PlannedPort Port(IPEndPoint endPoint, ImmutableArray<(GatewayResource Gateway, ListenerConfig Config)> listeners)
        {
            ImmutableArray<PlannedListener> names = [.. listeners.Select(l => new PlannedListener(l.Gateway.Key, l.Config.Name))];
            if (listeners.FirstOrDefault(l => l.Config.Protocol == ListenerProtocol.Tcp) is { Config: not null } first)
            {
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
    }

    /// <summary>Listeners of other protocols have no data path here and open no port.</summary>
    private static bool IsServed(ListenerConfig listener) => listener.Protocol is ListenerProtocol.Http or ListenerProtocol.Tcp;

    private static string Signature(PlannedTcp tcp) => $"tcp {tcp.Gateway} {tcp.Listener} {tcp.Route?.Digest}";

    private static string Signature(ImmutableArray<ListenerRoutes> sites)
    {
        var text = new StringBuilder("http");
        foreach (ListenerRoutes site in sites)
        {
            text.Append('\n').Append(site.Gateway).Append(' ').Append(site.Listener);
            foreach (AttachedRoute attached in site.Routes)
            {
                text.Append(' ').Append(attached.Route.Id).Append(attached.Route.Digest);
            }
        }

        return text.ToString();
    }
}
