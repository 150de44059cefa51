using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

internal sealed class HttpRouteType : RouteType
{
    public override RouteKind Kind { get; } = new(Groups.Gateway, "HTTPRoute");

    public override bool Fits(Listener listener) => listener.Protocol is "HTTP" or "HTTPS";

    public override ImmutableArray<string> Hostnames(RouteObject route) => ((HttpRoute)route).Hostnames;

    public override RouteBody Compile(RouteObject route, ObjectIndex index) =>
        RouteBodies.Of(route, HttpRuleCompilation.Compile((HttpRoute)route, index), index);

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) => new HttpRouteResource(
        route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((HttpRouteBody)body).Rules);
}
