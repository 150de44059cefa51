using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator;

/// <summary>Reads out of the graph what a data plane must know. Decides nothing.</summary>
internal static class SnapshotBuilder
{
    public static GatewayResource Gateway(GatewayNode node) => new(
        node.Gateway.Meta.Namespace,
        node.Gateway.Meta.Name,
        node.Addresses,
        [.. node.Listeners.Where(l => l.Valid).Select(l => l.ToConfig())],
        node.Draft.ClientCertificate.Target?.Id,
        ParametersCompilation.Compile(node.Draft.Parameters.Settings));

    /// <summary>Several parentRefs may lead to one listener: there it stands once, with the same hostnames.</summary>
    public static ImmutableArray<RouteParent> Parents(RouteNode route) =>
    [
        .. route.Parents
            .Where(p => p.Gateway.Served)
            .SelectMany(p => p.Listeners
                .Where(l => p.Gateway.Listeners[l.Listener].Valid)
                .Select(l => new RouteParent(p.Gateway.Gateway.Meta.Key, p.Gateway.Listeners[l.Listener].Key, l.Hostnames)))
            .DistinctBy(p => (p.Gateway, p.Listener))
            .OrderBy(p => p.Gateway, StringComparer.Ordinal)
            .ThenBy(p => p.Listener, StringComparer.Ordinal),
    ];
}
