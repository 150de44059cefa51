using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator;

/// <summary>Reads out of the graph what a data plane must know. Decides nothing.</summary>
internal static class SnapshotBuilder
{
    public static ConfigSnapshot Build(GatewayGraph graph)
    {
        var resources = new List<Resource>();
        resources.AddRange(graph.Gateways.Where(g => g.Served).Select(Gateway));
        var targets = new Dictionary<string, BackendTarget>(StringComparer.Ordinal);
        foreach (RouteNode route in graph.Routes)
        {
            ImmutableArray<RouteParent> parents = Parents(route);
            if (parents.IsEmpty)
            {
                continue;
            }

            resources.Add(Route(route, parents));
            foreach (BackendTarget target in route.Body.Targets)
            {
                targets[target.Id] = target;
            }
        }

        resources.AddRange(targets.Values.Select(t => BackendResolution.Build(t, graph.Index)));
        return ConfigSnapshot.Create(resources);
    }

    private static GatewayResource Gateway(GatewayNode node) => new(
        node.Gateway.Meta.Namespace,
        node.Gateway.Meta.Name,
        node.Addresses,
        [
            .. node.Listeners.Where(l => l.Valid)
                .Select(l => new ListenerConfig(l.Listener.Name, l.Listener.Port, l.Protocol!.Value, l.Hostname)),
        ]);

    private static Resource Route(RouteNode node, ImmutableArray<RouteParent> parents)
    {
        ObjectMeta meta = node.Route.Meta;
        return node.Route is HttpRoute
            ? new HttpRouteResource(meta.Namespace, meta.Name, meta.CreatedAt, parents, node.Body.Rules)
            : new TcpRouteResource(meta.Namespace, meta.Name, meta.CreatedAt, parents, node.Body.Shares);
    }

    /// <summary>Several parentRefs may lead to one listener: there it stands once, with the same hostnames.</summary>
    private static ImmutableArray<RouteParent> Parents(RouteNode route) =>
    [
        .. route.Parents
            .Where(p => p.Gateway.Served)
            .SelectMany(p => p.Listeners
                .Where(l => p.Gateway.Listeners[l.Listener].Valid)
                .Select(l => new RouteParent(p.Gateway.Gateway.Meta.Key, p.Gateway.Listeners[l.Listener].Listener.Name, l.Hostnames)))
            .DistinctBy(p => (p.Gateway, p.Listener))
            .OrderBy(p => p.Gateway, StringComparer.Ordinal)
            .ThenBy(p => p.Listener, StringComparer.Ordinal),
    ];
}
