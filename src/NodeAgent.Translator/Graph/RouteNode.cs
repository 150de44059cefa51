using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A route with a parent of ours.</summary>
/// <param name="Parents">One per parentRef that names a Gateway of ours, in the route's order.</param>
internal sealed record RouteNode(RouteObject Route, ImmutableArray<RouteParentNode> Parents, RouteBody Body);

/// <param name="Listeners">Those that accepted the route; empty when its Accepted is False.</param>
internal sealed record RouteParentNode(
    ParentRef Ref,
    GatewayNode Gateway,
    ImmutableArray<AttachedListener> Listeners,
    ImmutableArray<Condition> Conditions);

/// <summary>What a route does with traffic, whichever listener it came from.</summary>
/// <param name="Rules">Of an HTTPRoute; dropped rules are not in it.</param>
/// <param name="Shares">Of a TCPRoute.</param>
/// <param name="Targets">What the shares of kept rules refer to.</param>
/// <param name="Refused">Nothing of it can be served.</param>
/// <param name="PartiallyInvalid">Some rules were dropped.</param>
/// <param name="UnresolvedRefs">The first reference that leads nowhere.</param>
internal sealed record RouteBody(
    ImmutableArray<HttpRule> Rules,
    ImmutableArray<BackendShare> Shares,
    ImmutableArray<BackendTarget> Targets,
    Problem? Refused,
    Problem? PartiallyInvalid,
    Problem? UnresolvedRefs);

internal static class RouteNodes
{
    /// <summary>Null when no parentRef names a Gateway of ours: then the route is none of our business.</summary>
    public static RouteNode? Of(RouteObject route, IReadOnlyDictionary<string, GatewayNode> gateways, ObjectIndex index)
    {
        ImmutableArray<ParentRef> ours = [.. route.ParentRefs.Where(p => Find(p) is not null).Distinct()];
        if (ours.IsEmpty)
        {
            return null;
        }

        RouteBody body = route switch
        {
            HttpRoute http => RouteBodies.Of(http, index),
            TcpRoute tcp => RouteBodies.Of(tcp, index),
            _ => throw new ArgumentException($"no route kind {route.Kind}", nameof(route)),
        };
        return new RouteNode(route, [.. ours.Select(p => Attach(route, p, Find(p)!, body, index))], body);

        GatewayNode? Find(ParentRef parent) => parent is { Group: Groups.Gateway, Kind: "Gateway" }
            ? gateways.GetValueOrDefault($"{parent.Namespace ?? route.Meta.Namespace}/{parent.Name}")
            : null;
    }

    private static RouteParentNode Attach(RouteObject route, ParentRef parent, GatewayNode gateway, RouteBody body, ObjectIndex index)
    {
        long generation = route.Meta.Generation;
        (ImmutableArray<AttachedListener> listeners, Problem? problem) = Attachment.Attach(route, parent, gateway, index);
        problem ??= body.Refused;
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        conditions.Add(Conditions.Of(Conditions.Accepted, problem, Reasons.Accepted, Describe(gateway, listeners), generation));
        conditions.Add(Conditions.Of(
            Conditions.ResolvedRefs, body.UnresolvedRefs, Reasons.ResolvedRefs, "all references are resolved", generation));
        if (problem is null && body.PartiallyInvalid is Problem partial)
        {
            conditions.Add(Conditions.True(Conditions.PartiallyInvalid, partial.Reason, partial.Message, generation));
        }

        return new RouteParentNode(parent, gateway, problem is null ? listeners : [], conditions.ToImmutable());
    }

    /// <summary>Accepted is about specs; who looks for their traffic wants to know that it goes nowhere.</summary>
    private static string Describe(GatewayNode gateway, ImmutableArray<AttachedListener> listeners) =>
        gateway.Served && listeners.Any(l => gateway.Listeners[l.Listener].Valid)
            ? "route is accepted"
            : "route is accepted, but no listener it attached to is served";
}
