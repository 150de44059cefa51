using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Extensions;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Where a filter of type ExtensionRef turns into something the data plane can do. What cannot must not be skipped: it answers 500.</summary>
internal static class ExtensionFilters
{
    /// <param name="filters">What the filters beside it made.</param>
    /// <param name="reference">Always into the route's namespace.</param>
    public static ExtensionResult Apply(HttpFilters filters, ObjectReference reference, RouteObject route, ObjectIndex index)
    {
        HttpExtension extension = HttpExtensionKinds.Find(reference, route.Meta.Namespace, index);
        return extension switch
        {
            { Problem: Problem problem } => ExtensionResult.Fault(problem),
            { Filter: ExtensionFilter filter } => ExtensionResult.Of(filters with { Extensions = [.. filters.Extensions ?? [], filter] }),
            _ => ExtensionResult.Of(filters) with { Conditions = extension.Conditions },
        };
    }
}

/// <summary>Exactly one of filters and problem is set.</summary>
/// <param name="Needs">What the filters refer to.</param>
internal readonly record struct ExtensionResult(HttpFilters? Filters, Problem? Problem, ImmutableArray<SnapshotTarget> Needs)
{
    /// <summary>What the matches of the rule have to meet as well.</summary>
    public MatchConditions? Conditions { get; init; }

    public static ExtensionResult Of(HttpFilters filters, params ImmutableArray<SnapshotTarget> needs) => new(filters, null, needs);

    public static ExtensionResult Fault(Problem problem) => new(null, problem, []);
}
