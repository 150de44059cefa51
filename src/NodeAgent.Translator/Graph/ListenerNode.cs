using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph;

/// <summary>One listener as its Gateway's spec alone makes it.</summary>
/// <param name="Protocol">Null when we do not serve the listener's.</param>
/// <param name="Hostname">Lower case; null takes all.</param>
/// <param name="SupportedKinds">What the protocol, allowedRoutes.kinds and we agree on.</param>
/// <param name="Refused">Why it is not served; null when it is.</param>
/// <param name="Conflicted"><paramref name="Refused"/> comes from another listener of the same Gateway.</param>
/// <param name="UnresolvedKinds">allowedRoutes.kinds names some that cannot attach here.</param>
internal sealed record ListenerNode(
    Listener Listener,
    ListenerProtocol? Protocol,
    string? Hostname,
    ImmutableArray<RouteKind> SupportedKinds,
    Problem? Refused,
    bool Conflicted,
    Problem? UnresolvedKinds)
{
    /// <summary>Nothing in the spec keeps it from being served; whether its port could be bound is another matter.</summary>
    public bool Valid => Refused is null;

    public static ListenerNode Of(Listener listener, ObjectIndex index)
    {
        ListenerProtocol? protocol = listener.Protocol switch
        {
            "HTTP" => ListenerProtocol.Http,
            "TCP" => ListenerProtocol.Tcp,
            _ => null,
        };
        RouteType[] fitting = [.. RouteTypes.Fitting(listener)];
        RouteKind[] possible = [.. fitting.Select(t => t.Kind)];
        ImmutableArray<RouteKind> asked = listener.AllowedRoutes.Kinds;
        ImmutableArray<RouteKind> supported = asked.IsEmpty
            ? [.. fitting.Where(t => t.Default).Select(t => t.Kind)]
            : [.. asked.Where(k => possible.Contains(k)).Distinct()];
        string[] foreign = [.. asked.Where(k => !possible.Contains(k)).Select(k => k.Group == Groups.Gateway ? k.Kind : $"{k.Kind} of group {k.Group}")];
        Problem? unresolved = protocol is null || foreign.Length == 0
            ? null
            : new Problem(Reasons.InvalidRouteKinds, $"{Conditions.Names(foreign)} cannot attach to a listener of protocol {listener.Protocol}");
        return new ListenerNode(
            listener,
            protocol,
            protocol == ListenerProtocol.Http ? HostnameIntersection.Normalize(listener.Hostname) : null,
            supported,
            Check(listener, protocol),
            Conflicted: false,
            unresolved);
    }

    private static Problem? Check(Listener listener, ListenerProtocol? protocol)
    {
        if (protocol is null)
        {
            return new Problem(Reasons.UnsupportedProtocol, $"protocol {listener.Protocol} is not served; HTTP and TCP are");
        }

        if (listener.Port is < 1 or > 65535)
        {
            return new Problem(Reasons.UnsupportedValue, $"port {listener.Port} is not in 1..65535");
        }

        return RouteNamespaces.IsValid(listener.AllowedRoutes)
            ? null
            : new Problem(Reasons.UnsupportedValue, $"allowedRoutes.namespaces from {listener.AllowedRoutes.From} needs a valid selector");
    }
}
