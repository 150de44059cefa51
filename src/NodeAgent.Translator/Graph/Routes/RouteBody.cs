using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>What a route does with traffic, whichever listener it came from.</summary>
/// <param name="Targets">What the kept rules refer to.</param>
/// <param name="Refused">Nothing of it can be served.</param>
/// <param name="PartiallyInvalid">Some rules were dropped.</param>
/// <param name="UnresolvedRefs">The first reference that leads nowhere.</param>
internal abstract record RouteBody(
    ImmutableArray<SnapshotTarget> Targets, Problem? Refused, Problem? PartiallyInvalid, Problem? UnresolvedRefs);

/// <summary>Of an HTTPRoute; dropped rules are not in it.</summary>
internal sealed record HttpRouteBody(
    ImmutableArray<HttpRule> Rules,
    ImmutableArray<SnapshotTarget> Targets,
    Problem? Refused,
    Problem? PartiallyInvalid,
    Problem? UnresolvedRefs) : RouteBody(Targets, Refused, PartiallyInvalid, UnresolvedRefs);

/// <summary>Of a route without matches: its backends by weight.</summary>
internal sealed record SharesBody(
    ImmutableArray<BackendShare> Shares,
    ImmutableArray<SnapshotTarget> Targets,
    Problem? UnresolvedRefs) : RouteBody(Targets, null, null, UnresolvedRefs);
