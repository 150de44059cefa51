using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph;

/// <summary>A route with a parent of ours.</summary>
/// <param name="Parents">One per parentRef that leads to a Gateway of ours, in the route's order.</param>
internal sealed record RouteNode(RouteObject Route, RouteType Type, ImmutableArray<RouteParentNode> Parents, RouteBody Body)
{
    /// <summary>Null when no parentRef leads to a Gateway of ours: then the route is none of our business.</summary>
    public static RouteNode? Of(RouteObject route, ObjectIndex index)
    {
        ImmutableArray<(ParentRef Ref, ParentNode Parent)> ours =
        [
            .. route.ParentRefs.Distinct()
                .Select(p => (Ref: p, Parent: ParentNode.Find(p, route.Meta.Namespace, index)))
                .Where(p => p.Parent is not null)
                .Select(p => (p.Ref, p.Parent!)),
        ];
        if (ours.IsEmpty)
        {
            return null;
        }

        RouteType type = RouteTypes.Of(route);
        RouteBody body = type.Compile(route, index);
        return new RouteNode(route, type, [.. ours.Select(p => RouteParentNode.Of(route, type, p.Ref, p.Parent, body, index))], body);
    }
}

/// <param name="Listeners">Those that accepted the route; empty when its Accepted is False.</param>
internal sealed record RouteParentNode(
    ParentRef Ref,
    GatewayNode Gateway,
    ImmutableArray<AttachedListener> Listeners,
    ImmutableArray<Condition> Conditions)
{
    public static RouteParentNode Of(
        RouteObject route, RouteType type, ParentRef parent, ParentNode target, RouteBody body, ObjectIndex index)
    {
        long generation = route.Meta.Generation;
        GatewayNode gateway = target.Gateway;
        (ImmutableArray<AttachedListener> listeners, Problem? problem) = Attachment.Attach(route, type, parent, target, index);
        problem ??= body.Refused;
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        conditions.Add(Translator.Conditions.Of(
            Translator.Conditions.Accepted, problem, Reasons.Accepted, Describe(gateway, listeners), generation));
        conditions.Add(Translator.Conditions.Of(
            Translator.Conditions.ResolvedRefs, body.UnresolvedRefs, Reasons.ResolvedRefs, "all references are resolved", generation));
        if (problem is null && body.PartiallyInvalid is Problem partial)
        {
            conditions.Add(Translator.Conditions.True(
                Translator.Conditions.PartiallyInvalid, partial.Reason, partial.Message, generation));
        }

        return new RouteParentNode(parent, gateway, problem is null ? listeners : [], conditions.ToImmutable());
    }

    /// <summary>Accepted is about specs; who looks for their traffic wants to know that it goes nowhere.</summary>
    private static string Describe(GatewayNode gateway, ImmutableArray<AttachedListener> listeners) =>
        gateway.Served && listeners.Any(l => gateway.Listeners[l.Listener].Valid)
            ? "route is accepted"
            : "route is accepted, but no listener it attached to is served";
}
