using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.k8s.io/v1 HTTPRoute (v1beta1 reads the same).</summary>
public sealed record HttpRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    ImmutableArray<string> Hostnames,
    ImmutableArray<HttpRouteRule> Rules) : RouteObject(Meta, ParentRefs)
{
    public override string Kind => "HTTPRoute";

    public override RouteTraffic Traffic => RouteTraffic.Http;

    public override IEnumerable<BackendRef> Backends => Rules.SelectMany(r => r.BackendRefs);
}

/// <param name="Matches">Never empty: the CRD's default is one PathPrefix "/".</param>
public sealed record HttpRouteRule(
    string? Name,
    ImmutableArray<HttpRouteMatch> Matches,
    ImmutableArray<HttpRouteFilter> Filters,
    ImmutableArray<BackendRef> BackendRefs)
{
    /// <summary>What is answered when no backendRef has any weight; null is 500. No field of today's API.</summary>
    public int? EmptyStatus { get; init; }

    public HttpRouteTimeouts? Timeouts { get; init; }

    public HttpRouteRetry? Retry { get; init; }

    public SessionPersistence? SessionPersistence { get; init; }
}

/// <param name="PathType">Exact, PathPrefix (default) or RegularExpression.</param>
public sealed record HttpRouteMatch(
    string PathType,
    string PathValue,
    ImmutableArray<NamedMatch> Headers,
    ImmutableArray<NamedMatch> QueryParams,
    string? Method)
{
    /// <summary>A further condition, an HTTPMatch. No field of today's API; a match whose HTTPMatch is missing never holds.</summary>
    public ObjectReference? ExtensionRef { get; init; }
}

/// <param name="Type">Exact (default) or RegularExpression.</param>
public sealed record NamedMatch(string Type, string Name, string Value);
