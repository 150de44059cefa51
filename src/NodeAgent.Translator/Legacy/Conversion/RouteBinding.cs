using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>A Gateway of ours that selects a route, or that the route names.</summary>
/// <param name="Listeners">Positions of those that select the route; empty when only the route names the Gateway.</param>
/// <param name="Allowed">The route lets this Gateway take it.</param>
/// <param name="Sections">Where the route goes in the Gateway as it was converted; empty unless both sides agree.</param>
internal sealed record RouteBinding(
    LegacyGateway Gateway, ImmutableArray<int> Listeners, bool Allowed, ImmutableArray<RouteSection> Sections)
{
    /// <summary>Both sides must agree: a listener by kind, namespace and labels of routes, the route by spec.gateways.</summary>
    public static ImmutableArray<RouteBinding> Of(LegacyRoute route, ObjectIndex index)
    {
        ImmutableArray<string> hostnames = route is LegacyHttpRoute http ? http.Hostnames : [];
        var bindings = ImmutableArray.CreateBuilder<RouteBinding>();
        foreach (LegacyGateway gateway in index.All<LegacyGateway>())
        {
            if (index.Find<Gateway>(gateway.Meta.Namespace, ConvertedNames.Of(gateway.Meta.Name)) is not Gateway converted)
            {
                continue;
            }

            ImmutableArray<int> selecting =
                [.. Enumerable.Range(0, gateway.Listeners.Length).Where(i => Selects(gateway, gateway.Listeners[i], route, index))];
            bool allowed = route.Gateways.Allows(gateway.Meta, route.Meta.Namespace);
            bool named = route.Gateways.Allow == GatewayAllowance.FromList && allowed;
            if (!selecting.IsEmpty || named)
            {
                bindings.Add(new RouteBinding(
                    gateway, selecting, allowed, allowed ? SectionsOf(gateway, converted, selecting, hostnames) : []));
            }
        }

        return bindings.ToImmutable();
    }

    public static bool Selects(LegacyGateway gateway, LegacyListener listener, LegacyRoute route, ObjectIndex index) =>
        listener.Routes.Group == LegacyObject.ApiGroup
        && listener.Routes.Kind == route.Kind
        && (listener.Routes.Labels is null || RouteNamespaces.Selects(listener.Routes.Labels, route.Meta.Labels))
        && RouteNamespaces.Allows(listener.Routes.Namespaces, gateway.Meta.Namespace, route.Meta.Namespace, index);

    /// <summary>Listeners that stand in for a selecting one for some hostname take its routes too, as far as their hostnames go.</summary>
    private static ImmutableArray<RouteSection> SectionsOf(
        LegacyGateway gateway, Gateway converted, ImmutableArray<int> selecting, ImmutableArray<string> hostnames)
    {
        ImmutableArray<string> names = ListenerNames.Of(gateway.Listeners);
        var sections = ImmutableArray.CreateBuilder<RouteSection>();
        foreach (Listener listener in converted.Listeners)
        {
            int own = selecting.FirstOrDefault(i => listener.Name == names[i] || ListenerNames.StandsInFor(listener.Name, names[i]), -1);
            if (own >= 0 && (listener.Name == names[own] || OneLabelHostnames.Overlap(listener.Hostname, hostnames)))
            {
                sections.Add(new RouteSection(
                    new GatewayName(gateway.Meta.Namespace, converted.Meta.Name), listener.Name, listener.Port, listener.Protocol));
            }
        }

        return sections.ToImmutable();
    }
}

/// <summary>One listener of a converted Gateway.</summary>
internal sealed record RouteSection(GatewayName Gateway, string Listener, int Port, string Protocol)
{
    public ParentRef ToParentRef() => new(Groups.Gateway, "Gateway", Gateway.Namespace, Gateway.Name, Listener, null);
}
