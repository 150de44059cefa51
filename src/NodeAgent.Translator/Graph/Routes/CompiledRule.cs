using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>A rule as its text alone makes it: everything but where its references lead.</summary>
/// <param name="Dropped">Why the rule cannot be served; its neighbours do not suffer.</param>
/// <param name="Filters">The rule's own.</param>
/// <param name="BackendFilters">One per backendRef, in their order; empty when the rule is dropped.</param>
internal sealed record CompiledRule(
    int Index,
    string? Name,
    Problem? Dropped,
    ImmutableArray<HttpMatch> Matches,
    CompiledFilters Filters,
    ImmutableArray<BackendRef> Backends,
    ImmutableArray<CompiledFilters> BackendFilters)
{
    /// <summary>The extensionRef of each match, null where it has none; empty when no match has one.</summary>
    public ImmutableArray<ObjectReference?> MatchExtensions { get; init; } = [];

    public int? EmptyStatus { get; init; }

    public HttpTimeouts? Timeouts { get; init; }

    public HttpRetry? Retry { get; init; }

    public SessionAffinity? Session { get; init; }
}

/// <summary>Filters as their text makes them, and those among them that refer to something.</summary>
/// <param name="Source">As the route has them.</param>
/// <param name="Filters">What needs no look at other objects.</param>
internal sealed record CompiledFilters(ImmutableArray<HttpRouteFilter> Source, HttpFilters Filters)
{
    public static CompiledFilters None { get; } = new([], new HttpFilters());

    /// <summary>The rule cannot be served as written.</summary>
    public Problem? Dropped { get; init; }

    /// <summary>Everything but its backend, which is to be found.</summary>
    public ExternalAuthFilter? Auth { get; init; }
}
