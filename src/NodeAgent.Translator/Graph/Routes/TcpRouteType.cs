using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

internal sealed class TcpRouteType : RouteType
{
    public override RouteKind Kind { get; } = new(Groups.Gateway, "TCPRoute");

    public override bool Fits(Listener listener) => listener.Protocol is "TCP";

    public override RouteBody Compile(RouteObject route, ObjectIndex index) => RouteBodies.Of((TcpRoute)route, index);

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) => new TcpRouteResource(
        route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((SharesBody)body).Shares);
}
