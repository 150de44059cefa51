using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>What HTTPRoute and TCPRoute share: their parents.</summary>
public abstract record RouteObject(ObjectMeta Meta, ImmutableArray<ParentRef> ParentRefs) : ApiObject(Meta)
{
    public override string Group => Groups.Gateway;
}

/// <param name="Namespace">Null: the route's own.</param>
/// <param name="SectionName">Null: every listener of the parent.</param>
/// <param name="Port">Null: any port.</param>
public sealed record ParentRef(string Group, string Kind, string? Namespace, string Name, string? SectionName, int? Port);

/// <summary>gateway.networking.k8s.io/v1 HTTPRoute.</summary>
public sealed record HttpRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    ImmutableArray<string> Hostnames,
    ImmutableArray<HttpRouteRule> Rules) : RouteObject(Meta, ParentRefs)
{
    public override string Kind => "HTTPRoute";
}

/// <param name="Matches">Never empty: the CRD's default is one PathPrefix "/".</param>
public sealed record HttpRouteRule(
    string? Name,
    ImmutableArray<HttpRouteMatch> Matches,
    ImmutableArray<HttpRouteFilter> Filters,
    ImmutableArray<BackendRef> BackendRefs);

/// <param name="PathType">Exact, PathPrefix (default) or RegularExpression.</param>
public sealed record HttpRouteMatch(
    string PathType,
    string PathValue,
    ImmutableArray<NamedMatch> Headers,
    ImmutableArray<NamedMatch> QueryParams,
    string? Method);

/// <param name="Type">Exact (default) or RegularExpression.</param>
public sealed record NamedMatch(string Type, string Name, string Value);

/// <summary>One entry of filters[]; only the part that <see cref="Type"/> names is set.</summary>
public sealed record HttpRouteFilter(string Type)
{
    public HeaderModifier? RequestHeaderModifier { get; init; }

    public HeaderModifier? ResponseHeaderModifier { get; init; }

    public RequestRedirect? RequestRedirect { get; init; }

    public UrlRewrite? UrlRewrite { get; init; }

    public ObjectReference? ExtensionRef { get; init; }
}

public sealed record HeaderModifier(
    ImmutableArray<NameValue> Set,
    ImmutableArray<NameValue> Add,
    ImmutableArray<string> Remove);

public sealed record NameValue(string Name, string Value);

/// <param name="StatusCode">301, 302 (default), 303, 307 or 308.</param>
public sealed record RequestRedirect(string? Scheme, string? Hostname, PathModifier? Path, int? Port, int StatusCode);

public sealed record UrlRewrite(string? Hostname, PathModifier? Path);

/// <param name="Type">ReplaceFullPath or ReplacePrefixMatch.</param>
public sealed record PathModifier(string Type, string Value);

/// <param name="Group">Empty (default) for Services.</param>
/// <param name="Weight">0..1,000,000, default 1.</param>
public sealed record BackendRef(
    string Group,
    string Kind,
    string? Namespace,
    string Name,
    int? Port,
    int Weight,
    ImmutableArray<HttpRouteFilter> Filters);

/// <summary>gateway.networking.k8s.io/v1 TCPRoute (v1alpha2 reads the same); exactly one rule.</summary>
public sealed record TcpRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    string? RuleName,
    ImmutableArray<BackendRef> BackendRefs) : RouteObject(Meta, ParentRefs)
{
    public override string Kind => "TCPRoute";
}
