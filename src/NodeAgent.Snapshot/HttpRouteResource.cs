using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>An HTTPRoute as accepted by at least one listener.</summary>
/// <param name="CreatedAt">Unix seconds; among equal matches the older route wins, then the lower NS/NAME.</param>
public sealed record HttpRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<HttpRule> Rules) : Resource
{
    [JsonIgnore]
    public override string Id => $"route/HTTPRoute/{Namespace}/{Name}";

    public bool Equals(HttpRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <param name="Index">Position in the HTTPRoute's spec.rules; rules that were dropped leave gaps.</param>
/// <param name="Name">spec.rules[].name, for logs and metrics.</param>
/// <param name="Matches">At least one; ORed. A rule without matches arrives as one prefix "/".</param>
/// <param name="Backends">May be empty: then the rule redirects, or answers 500.</param>
public sealed record HttpRule(
    int Index,
    string? Name,
    ImmutableArray<HttpMatch> Matches,
    HttpFilters? Filters,
    ImmutableArray<BackendShare> Backends);

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
}

public sealed record ValueMatch(string Name, ValueMatchType Type, string Value);

public enum ValueMatchType
{
    Exact,
    RegularExpression,
}
