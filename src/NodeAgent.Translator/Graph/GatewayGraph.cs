using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Everything that is ours, resolved, with its conditions: what both the snapshot and the statuses are read from, so
/// that they cannot disagree.
/// </summary>
/// <param name="AttachedRoutes">Gateway key and listener position to the number of routes it accepted.</param>
/// <param name="Addresses">Gateway to pool address, to be remembered.</param>
internal sealed record GatewayGraph(
    ObjectIndex Index,
    ImmutableArray<GatewayClassNode> Classes,
    ImmutableArray<GatewayNode> Gateways,
    ImmutableArray<RouteNode> Routes,
    IReadOnlyDictionary<(string Gateway, int Listener), int> AttachedRoutes,
    ImmutableSortedDictionary<string, string> Addresses)
{
    public static GatewayGraph Build(ClusterState state)
    {
        var index = new ObjectIndex(state.Objects);
        ImmutableArray<GatewayClassNode> classes =
            [.. index.Classes.Where(c => c.ControllerName == GatewayTranslator.ControllerName).Select(GatewayClassNode.Of)];
        Dictionary<string, GatewayClassNode> classByName = classes.ToDictionary(c => c.Class.Meta.Name, StringComparer.Ordinal);
        GatewayDraft[] drafts =
        [
            .. index.Gateways
                .Where(g => classByName.ContainsKey(g.GatewayClassName))
                .Select(g => GatewayDraft.Of(g, classByName[g.GatewayClassName])),
        ];
        AddressAssignment addresses = AddressAssignment.Assign(drafts.Select(d => d.AddressRequest), state.Addresses);
        ILookup<string, BindFailure> failures = state.Observed.BindFailures.ToLookup(f => f.Gateway, StringComparer.Ordinal);
        ImmutableArray<GatewayNode> gateways =
        [
            .. drafts.Select(d => GatewayNode.Of(
                d, addresses.Awards.GetValueOrDefault(d.Gateway.Meta.Key), ByListener(failures[d.Gateway.Meta.Key]))),
        ];
        Dictionary<string, GatewayNode> gatewayByKey = gateways.ToDictionary(g => g.Gateway.Meta.Key, StringComparer.Ordinal);
        ImmutableArray<RouteNode> routes =
        [
            .. index.HttpRoutes.Cast<RouteObject>().Concat(index.TcpRoutes)
                .Select(r => RouteNodes.Of(r, gatewayByKey, index))
                .OfType<RouteNode>(),
        ];
        return new GatewayGraph(index, classes, gateways, routes, Count(routes), addresses.FromPool);
    }

    /// <summary>A listener may have failed on several addresses; all of that is said, in an order of its own.</summary>
    private static Dictionary<string, string> ByListener(IEnumerable<BindFailure> failures) => failures
        .GroupBy(f => f.Listener, StringComparer.Ordinal)
        .ToDictionary(
            g => g.Key,
            g => string.Join("; ", g.Select(f => f.Message).Distinct().Order(StringComparer.Ordinal)),
            StringComparer.Ordinal);

    /// <summary>A route counts once per listener, however many of its parentRefs lead there.</summary>
    private static Dictionary<(string Gateway, int Listener), int> Count(ImmutableArray<RouteNode> routes)
    {
        var counts = new Dictionary<(string Gateway, int Listener), int>();
        foreach (RouteNode route in routes)
        {
            foreach ((string Gateway, int Listener) listener in route.Parents
                .SelectMany(p => p.Listeners.Select(l => (p.Gateway.Gateway.Meta.Key, l.Listener))).Distinct())
            {
                counts[listener] = counts.GetValueOrDefault(listener) + 1;
            }
        }

        return counts;
    }
}
