using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// An HTTPRoute or GRPCRoute as accepted by at least one listener. Both may share a listener and a hostname; their
/// matches stand in one order (Gateway API, HTTPRouteRule.matches and GRPCRouteRule.matches):
/// <list type="number">
/// <item>the listener with the most specific hostname, then the route's most specific hostname;</item>
/// <item>exact paths, which for gRPC are a service with a method;</item>
/// <item>regular expressions, the longest first (their rank is ours to choose);</item>
/// <item>prefixes of more than "/", the longest first; for gRPC the prefix is a service;</item>
/// <item><see cref="PathMatchType.Method"/>, the longest first;</item>
/// <item>the prefix "/";</item>
/// <item>among equal ones: a method (every gRPC match has POST), then most headers, most query parameters, the oldest
/// route, the lowest NS/NAME, the GRPCRoute, the first rule.</item>
/// </list>
/// </summary>
/// <param name="CreatedAt">Unix seconds; among equal matches the older route wins, then the lower NS/NAME.</param>
/// <param name="Kind">Of the object it came from.</param>
public sealed record HttpRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<HttpRule> Rules,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] HttpRouteKind Kind = HttpRouteKind.Http) : Resource
{
    [JsonIgnore]
    public override string Id => $"route/{(Kind == HttpRouteKind.Grpc ? "GRPCRoute" : "HTTPRoute")}/{Namespace}/{Name}";

    /// <summary>Hashes of passwords are secrets too.</summary>
    public override Resource Redacted() => Rules.Any(ExtensionSecrets.Has)
        ? this with { Rules = [.. Rules.Select(r => ExtensionSecrets.Hide(r, HiddenText))] }
        : this;

    public bool Equals(HttpRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

public enum HttpRouteKind
{
    Http,

    /// <summary>
    /// Takes gRPC requests only (content-type application/grpc). Backends are spoken to in HTTP/2 whatever their
    /// protocol says; no match is UNIMPLEMENTED; a rule without backends, a share that has a fault or no endpoint UNAVAILABLE.
    /// </summary>
    Grpc,
}

/// <param name="Index">Position in the HTTPRoute's spec.rules; rules that were dropped leave gaps.</param>
/// <param name="Name">spec.rules[].name, for logs and metrics.</param>
/// <param name="Matches">At least one; ORed. A rule without matches arrives as one prefix "/".</param>
/// <param name="Backends">May be empty: then the rule redirects, or answers <see cref="EmptyStatus"/>.</param>
public sealed record HttpRule(
    int Index,
    string? Name,
    ImmutableArray<HttpMatch> Matches,
    HttpFilters? Filters,
    ImmutableArray<BackendShare> Backends)
{
    /// <summary>What is answered when no backend has any weight; null is 500.</summary>
    public int? EmptyStatus { get; init; }

    public HttpTimeouts? Timeouts { get; init; }

    public HttpRetry? Retry { get; init; }

    public SessionAffinity? Session { get; init; }
}

/// <summary>Answered with 504 when they run out. 0 turns a timeout off, null leaves it to the data plane.</summary>
/// <param name="RequestMs">Milliseconds for the whole exchange with the client, all tries included.</param>
/// <param name="BackendRequestMs">Milliseconds for one try.</param>
public sealed record HttpTimeouts(long? RequestMs, long? BackendRequestMs);

/// <summary>A failed or refused connection is tried again whatever <paramref name="Codes"/> say.</summary>
/// <param name="Codes">Sorted, each 400..599.</param>
/// <param name="Attempts">Tries after the first, at least 1; null leaves the number to the data plane.</param>
/// <param name="BackoffMs">The least pause between two tries in milliseconds; null leaves it to the data plane.</param>
public sealed record HttpRetry(ImmutableArray<int> Codes, int? Attempts, long? BackoffMs);

/// <summary>A client stays with the endpoint it got, whatever the weights say, while that may be chosen.</summary>
/// <param name="Name">Of the cookie or header; an HTTP token.</param>
/// <param name="AbsoluteTimeoutMs">Milliseconds after which a session is over; null for never.</param>
/// <param name="Permanent">The cookie outlives the client's session: it gets Max-Age from the absolute timeout.</param>
public sealed record SessionAffinity(SessionToken Token, string Name, long? AbsoluteTimeoutMs, bool Permanent);

public enum SessionToken
{
    Cookie,
    Header,
}

/// <summary>All parts are ANDed.</summary>
/// <param name="Method">Upper case; null matches any.</param>
/// <param name="Headers">Names lower case and unique (the first of equal names counts).</param>
/// <param name="Query">Names case-sensitive and unique (the first of equal names counts).</param>
public sealed record HttpMatch(
    PathMatch Path,
    string? Method,
    ImmutableArray<ValueMatch> Headers,
    ImmutableArray<ValueMatch> Query)
{
    /// <summary>What HTTPMatches add; null when there are none. In the order of matches each of their conditions counts as a header.</summary>
    public ImmutableArray<MatchConditions>? Conditions { get; init; }
}

/// <param name="Value">
/// Prefix: no trailing slash but for "/" itself. RegularExpression: .NET non-backtracking syntax, matched against the whole path.
/// </param>
public sealed record PathMatch(PathMatchType Type, string Value);

public enum PathMatchType
{
    Exact,
    Prefix,
    RegularExpression,

    /// <summary>The value is a gRPC method: the last of exactly two segments, whatever the first one is.</summary>
    Method,
}

public sealed record ValueMatch(string Name, ValueMatchType Type, string Value);

public enum ValueMatchType
{
    Exact,
    RegularExpression,
}
