using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Where a filter of type ExtensionRef turns into something the data plane can do. One branch per kind.</summary>
internal static class ExtensionFilters
{
    /// <param name="filters">What the filters beside it made.</param>
    /// <param name="reference">Always into the route's namespace.</param>
    public static ExtensionResult Apply(HttpFilters filters, ObjectReference reference, RouteObject route, ObjectIndex index)
    {
        // A kind that is not known must not be skipped: what it stands on answers 500.
        _ = (filters, route, index);
        return ExtensionResult.Fault(new Problem(
            Reasons.InvalidKind, $"ExtensionRef {reference.Kind} {reference.Name}: no kind of extension is served"));
    }
}

/// <summary>Exactly one of filters and problem is set.</summary>
/// <param name="Needs">What the filters refer to.</param>
internal readonly record struct ExtensionResult(HttpFilters? Filters, Problem? Problem, ImmutableArray<SnapshotTarget> Needs)
{
    public static ExtensionResult Of(HttpFilters filters, params ImmutableArray<SnapshotTarget> needs) => new(filters, null, needs);

    public static ExtensionResult Fault(Problem problem) => new(null, problem, []);
}
