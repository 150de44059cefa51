using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>One listener that accepted a route.</summary>
/// <param name="Gateway"><c>NS/NAME</c>.</param>
/// <param name="Listener">The listener's name in that Gateway.</param>
/// <param name="Hostnames">
/// The route's hostnames already intersected with the listener's (Gateway API, HTTPRouteSpec.hostnames):
/// lower case, exact or <c>*.suffix</c>. Empty: every host the listener takes. Of a TLSRoute they are compared with the SNI. Always empty for TCP and UDP.
/// </param>
public sealed record RouteParent(string Gateway, string Listener, ImmutableArray<string> Hostnames);

/// <summary>One backendRef of a rule: a share of its traffic.</summary>
/// <param name="Weight">0..1,000,000; shares are weight / sum of weights, faulty refs keep theirs.</param>
/// <param name="Backend">The <see cref="BackendResource"/> id; null when the reference is faulty.</param>
/// <param name="Fault">
/// The ResolvedRefs reason (RefNotPermitted, BackendNotFound, InvalidKind ...) when <paramref name="Backend"/> is null:
/// this share is answered 500 (HTTP) or reset (TCP).
/// </param>
/// <param name="Filters">Filters of this backendRef, applied after the rule's own.</param>
public sealed record BackendShare(int Weight, string? Backend, string? Fault = null, HttpFilters? Filters = null);
