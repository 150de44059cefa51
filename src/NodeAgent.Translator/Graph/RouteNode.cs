using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph;

/// <summary>A route with a parent of ours.</summary>
/// <param name="Parents">
/// One per parentRef that leads to a Gateway of ours, in the route's order, then the default Gateways that it uses.
/// </param>
internal sealed record RouteNode(RouteObject Route, RouteType Type, ImmutableArray<RouteParentNode> Parents, RouteBody Body)
{
    /// <summary>status.parents of the CRD takes no more.</summary>
    private const int MaxParents = 32;

    /// <summary>Null when nothing leads to a Gateway of ours: then the route is none of our business.</summary>
    public static RouteNode? Of(RouteObject route, ObjectIndex index)
    {
        ImmutableArray<(ParentRef Ref, ParentNode Parent)> named =
        [
            .. route.ParentRefs.Distinct()
                .Select(p => (Ref: p, Parent: ParentNode.Find(p, route.Meta.Namespace, index)))
                .Where(p => p.Parent is not null)
                .Select(p => (p.Ref, p.Parent!)),
        ];
        ImmutableArray<(ParentRef Ref, ParentNode Parent)> unnamed =
            route.UseDefaultGateways ? DefaultGateways(index, [.. named.Select(p => p.Parent.Owner)]) : [];
        if (named.IsEmpty && unnamed.IsEmpty)
        {
            return null;
        }

        RouteType type = RouteTypes.Of(route);
        RouteBody body = type.Compile(route, index);
        ImmutableArray<RouteParentNode> own = [.. named.Select(p => RouteParentNode.Of(route, type, p.Ref, p.Parent, body, index))];
        ImmutableArray<RouteParentNode> defaults = [.. unnamed.Select(p => RouteParentNode.Of(route, type, p.Ref, p.Parent, body, index))];
        return new RouteNode(route, type, [.. Claimed(own, defaults).Take(MaxParents)], body);
    }

    /// <summary>Those that the route does not name itself; what it says of one it names is all that counts there.</summary>
    private static ImmutableArray<(ParentRef Ref, ParentNode Parent)> DefaultGateways(ObjectIndex index, ImmutableArray<ApiObject> named) =>
    [
        .. index.Gateways()
            .Where(g => g.Gateway.DefaultScope == "All" && !named.Contains(g.Gateway))
            .Select(g => (
                new ParentRef(Groups.Gateway, "Gateway", g.Gateway.Meta.Namespace, g.Gateway.Meta.Name, null, null),
                ParentNode.Of(g))),
    ];

    /// <summary>
    /// A default Gateway claims the routes that its listeners let in; the others are not its business, and nobody asked
    /// for it by name. Only when the route gets in nowhere, the default ones say why not.
    /// </summary>
    private static IEnumerable<RouteParentNode> Claimed(ImmutableArray<RouteParentNode> own, ImmutableArray<RouteParentNode> defaults) =>
        own.Concat(defaults).Any(p => p.Attaches) ? own.Concat(defaults.Where(d => d.Attaches)) : own.Concat(defaults);
}

/// <param name="Listeners">Those that accepted the route; empty when its Accepted is False.</param>
internal sealed record RouteParentNode(
    ParentRef Ref,
    GatewayNode Gateway,
    ImmutableArray<AttachedListener> Listeners,
    ImmutableArray<Condition> Conditions)
{
    /// <summary>A listener lets it in, whether or not it says something that can be served.</summary>
    public bool Attaches { get; init; }

    public static RouteParentNode Of(
        RouteObject route, RouteType type, ParentRef parent, ParentNode target, RouteBody body, ObjectIndex index)
    {
        long generation = route.Meta.Generation;
        GatewayNode gateway = target.Gateway;
        (ImmutableArray<AttachedListener> listeners, Problem? problem) = Attachment.Attach(route, type, parent, target, index);
        bool attaches = problem is null;
        problem ??= body.Refused;
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        conditions.Add(Translator.Conditions.Of(
            Translator.Conditions.Accepted, problem, Reasons.Accepted, Describe(gateway, listeners), generation));
        conditions.Add(Translator.Conditions.Of(
            Translator.Conditions.ResolvedRefs, body.UnresolvedRefs, Reasons.ResolvedRefs, "all references are resolved", generation));
        if (problem is null && body.PartiallyInvalid is Problem partial)
        {
            conditions.Add(Translator.Conditions.True(Translator.Conditions.PartiallyInvalid, partial, generation));
        }

        return new RouteParentNode(parent, gateway, problem is null ? listeners : [], conditions.ToImmutable()) { Attaches = attaches };
    }

    /// <summary>Accepted is about specs; who looks for their traffic wants to know that it goes nowhere.</summary>
    private static string Describe(GatewayNode gateway, ImmutableArray<AttachedListener> listeners) =>
        gateway.Served && listeners.Any(l => gateway.Listeners[l.Listener].Valid)
            ? "route is accepted"
            : "route is accepted, but no listener it attached to is served";
}
