using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>What a route does with traffic, whichever listener it came from.</summary>
/// <param name="Targets">What the kept rules refer to.</param>
/// <param name="Refused">Nothing of it can be served.</param>
/// <param name="PartiallyInvalid">Some rules were dropped.</param>
/// <param name="Unresolved">Every reference that leads nowhere, in the order of the route.</param>
internal abstract record RouteBody(
    ImmutableArray<SnapshotTarget> Targets, Problem? Refused, Problem? PartiallyInvalid, ImmutableArray<Problem> Unresolved)
{
    /// <summary>Why each rule that is not served is not.</summary>
    public ImmutableArray<Problem> DroppedRules { get; init; } = [];

    /// <summary>The one that the condition names.</summary>
    public Problem? UnresolvedRefs => Unresolved.IsEmpty ? null : Unresolved[0];
}

/// <summary>Of an HTTPRoute or GRPCRoute; dropped rules are not in it.</summary>
internal sealed record HttpRouteBody(
    ImmutableArray<HttpRule> Rules,
    ImmutableArray<SnapshotTarget> Targets,
    Problem? Refused,
    Problem? PartiallyInvalid,
    ImmutableArray<Problem> Unresolved) : RouteBody(Targets, Refused, PartiallyInvalid, Unresolved);

/// <summary>Of a route without matches: its backends by weight.</summary>
internal sealed record SharesBody(
    ImmutableArray<BackendShare> Shares,
    ImmutableArray<SnapshotTarget> Targets,
    Problem? PartiallyInvalid,
    ImmutableArray<Problem> Unresolved) : RouteBody(Targets, null, PartiallyInvalid, Unresolved);
