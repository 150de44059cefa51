using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Passthrough or Terminate is the listener's matter, and so is whether the data plane serves that mode.</summary>
internal sealed class TlsRouteType : RouteType
{
    public override RouteKind Kind { get; } = new(Groups.Gateway, "TLSRoute");

    public override bool Fits(Listener listener) => listener.Protocol is "TLS";

    public override ImmutableArray<string> Hostnames(RouteObject route) => ((TlsRoute)route).Hostnames;

    public override RouteBody Compile(RouteObject route, ObjectIndex index) => RouteBodies.Of((TlsRoute)route, index);

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) => new TlsRouteResource(
        route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((SharesBody)body).Shares);
}
