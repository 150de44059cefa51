using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

internal sealed class UdpRouteType : RouteType
{
    public override RouteKind Kind { get; } = new(Groups.Gateway, "UDPRoute");

    public override DataPlaneFeatures Needs => DataPlaneFeatures.Udp;

    public override bool Fits(Listener listener) => listener.Protocol is "UDP";

    public override RouteBody Compile(RouteObject route, ObjectIndex index) => RouteBodies.Of((UdpRoute)route, index);

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) => new UdpRouteResource(
        route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((SharesBody)body).Shares);
}
