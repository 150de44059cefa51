using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Backends;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Puts a route's compiled text together with what its backendRefs resolve to.</summary>
internal static class RouteBodies
{
    public static RouteBody Of(TcpRoute route, ObjectIndex index)
    {
        var refs = new References(route, index);
        ImmutableArray<BackendShare> shares = [.. route.BackendRefs.Select(b => refs.Share(b, null))];
        return new SharesBody(shares, refs.Targets, refs.FirstProblem);
    }

    public static RouteBody Of(HttpRoute route, ObjectIndex index)
    {
        ImmutableArray<CompiledRule> compiled = HttpRuleCompilation.Compile(route);
        var refs = new References(route, index);
        var rules = ImmutableArray.CreateBuilder<HttpRule>();
        foreach (CompiledRule rule in compiled)
        {
            if (rule.Dropped is null)
            {
                rules.Add(Resolve(rule, refs));
            }
            else
            {
                refs.Check(rule.Rule.BackendRefs);
            }
        }

        CompiledRule[] dropped = [.. compiled.Where(r => r.Dropped is not null)];
        bool none = dropped.Length > 0 && rules.Count == 0;
        return new HttpRouteBody(
            rules.ToImmutable(),
            refs.Targets,
            none ? new Problem(dropped[0].Dropped!.Reason, $"no rule can be served; rule {Describe(dropped)}") : null,
            dropped.Length > 0 && !none ? new Problem(Reasons.UnsupportedValue, $"Dropped Rule {Describe(dropped)}") : null,
            refs.FirstProblem);
    }

    private static HttpRule Resolve(CompiledRule rule, References refs)
    {
        if (rule.Filters.Unresolved is Problem extension)
        {
            // A rule without filters and backends answers 500: nothing may pass without the extension.
            refs.Report(extension);
            return new HttpRule(rule.Index, rule.Rule.Name, rule.Matches, null, []);
        }

        ImmutableArray<BackendShare> shares = [.. rule.Rule.BackendRefs.Select((b, i) => refs.Share(b, rule.BackendFilters[i]))];
        return new HttpRule(rule.Index, rule.Rule.Name, rule.Matches, rule.Filters.Filters, shares);
    }

    private static string Describe(CompiledRule[] dropped) =>
        Conditions.Names([.. dropped.Select(r => $"{Name(r)}: {r.Dropped!.Message}")], "; ");

    private static string Name(CompiledRule rule) => string.IsNullOrEmpty(rule.Rule.Name) ? $"{rule.Index}" : $"{rule.Index} ({rule.Rule.Name})";

    /// <summary>The references of one route, in order, and the first of them that leads nowhere.</summary>
    private sealed class References(RouteObject route, ObjectIndex index)
    {
        private readonly Dictionary<string, SnapshotTarget> _targets = new(StringComparer.Ordinal);

        public Problem? FirstProblem { get; private set; }

        public ImmutableArray<SnapshotTarget> Targets => [.. _targets.Values];

        public void Report(Problem problem) => FirstProblem ??= problem;

        /// <summary>Of a dropped rule: its references are still true or false, though nothing uses them.</summary>
        public void Check(ImmutableArray<BackendRef> backends)
        {
            foreach (BackendRef backend in backends)
            {
                FirstProblem ??= BackendResolution.Resolve(backend, route, index).Problem;
            }
        }

        public BackendShare Share(BackendRef backend, CompiledFilters? filters)
        {
            (SnapshotTarget? target, Problem? problem) = BackendResolution.Resolve(backend, route, index);
            problem ??= filters?.Unresolved;
            if (problem is not null)
            {
                Report(problem);
                return new BackendShare(backend.Weight, null, problem.Reason);
            }

            string id = target!.Id;
            _targets[id] = target;
            return new BackendShare(backend.Weight, id, null, filters?.Filters);
        }
    }
}
