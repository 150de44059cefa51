using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Every kind of route there is. A new kind is one class and one line here.</summary>
internal static class RouteTypes
{
    public static ImmutableArray<RouteType> All { get; } =
    [
        new HttpRouteType(),
        new GrpcRouteType(),
        new TcpRouteType(),
        new UdpRouteType(),
        new TlsRouteType(),
        new DnsRouteType(),
    ];

    public static RouteType Of(RouteObject route) => All.First(t => t.Kind.Kind == route.Kind && t.Kind.Group == route.Group);

    /// <summary>The kinds that a listener could serve; those that it must name itself are marked as not default.</summary>
    public static IEnumerable<RouteType> Fitting(Listener listener, ObjectIndex index) =>
        All.Where(t => t.Fits(listener) && index.Serves(t.Needs));
}
