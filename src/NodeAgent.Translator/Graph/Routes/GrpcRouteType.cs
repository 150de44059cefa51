using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Shares listeners and hostnames with HTTPRoutes; see <see cref="HttpRouteResource"/> for the order among both.</summary>
internal sealed class GrpcRouteType : RouteType
{
    public override RouteKind Kind { get; } = new(Groups.Gateway, "GRPCRoute");

    public override DataPlaneFeatures Needs => DataPlaneFeatures.Grpc;

    public override bool Fits(Listener listener) => listener.Protocol is "HTTP" or "HTTPS";

    public override ImmutableArray<string> Hostnames(RouteObject route) => ((GrpcRoute)route).Hostnames;

    public override RouteBody Compile(RouteObject route, ObjectIndex index) =>
        RouteBodies.Of(route, GrpcRuleCompilation.Compile((GrpcRoute)route, index), index);

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) => new HttpRouteResource(
        route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((HttpRouteBody)body).Rules, HttpRouteKind.Grpc);
}
