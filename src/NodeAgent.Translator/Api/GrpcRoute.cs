using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.k8s.io/v1 GRPCRoute (v1alpha2 reads the same).</summary>
public sealed record GrpcRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    ImmutableArray<string> Hostnames,
    ImmutableArray<GrpcRouteRule> Rules) : RouteObject(Meta, ParentRefs)
{
    public override string Kind => "GRPCRoute";

    public override RouteTraffic Traffic => RouteTraffic.Grpc;

    public override IEnumerable<BackendRef> Backends => Rules.SelectMany(r => r.BackendRefs);
}

/// <param name="Matches">Empty: every gRPC request.</param>
/// <param name="Filters">RequestHeaderModifier, ResponseHeaderModifier, RequestMirror and ExtensionRef alone.</param>
public sealed record GrpcRouteRule(
    string? Name,
    ImmutableArray<GrpcRouteMatch> Matches,
    ImmutableArray<HttpRouteFilter> Filters,
    ImmutableArray<BackendRef> BackendRefs)
{
    public SessionPersistence? SessionPersistence { get; init; }
}

/// <param name="Method">Null: every service and method.</param>
public sealed record GrpcRouteMatch(GrpcMethodMatch? Method, ImmutableArray<NamedMatch> Headers);

/// <summary>At least one of service and method is set.</summary>
/// <param name="Type">Exact (default) or RegularExpression; says how both are meant.</param>
/// <param name="Service">With its package; null or empty for any.</param>
/// <param name="Method">Null or empty for any.</param>
public sealed record GrpcMethodMatch(string Type, string? Service, string? Method);
