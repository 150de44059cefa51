using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Puts a route's compiled text together with what its references lead to.</summary>
internal static class RouteBodies
{
    public static RouteBody Of(L4Route route, ObjectIndex index)
    {
        var refs = new RouteReferences(route, index);
        ImmutableArray<BackendShare> shares =
            [.. route.BackendRefs.Select((b, i) => refs.Share(b, CompiledFilters.None, new RulePlace(0, i)))];
        Problem? further = route.FurtherRules == 0
            ? null
            : new Problem(Reasons.UnsupportedValue, "Dropped Rule 1 and those after it: the first rule takes everything") { Field = "spec.rules[1]" };
        return new SharesBody(shares, refs.Targets, further, refs.Problems);
    }

    public static RouteBody Of(RouteObject route, ImmutableArray<CompiledRule> compiled, ObjectIndex index)
    {
        var refs = new RouteReferences(route, index);
        var rules = ImmutableArray.CreateBuilder<HttpRule>();
        foreach (CompiledRule rule in compiled)
        {
            if (rule.Dropped is null)
            {
                if (Resolve(rule, refs) is { Matches.IsEmpty: false } resolved)
                {
                    rules.Add(resolved);
                }
            }
            else
            {
                refs.Check(rule);
            }
        }

        CompiledRule[] dropped = [.. compiled.Where(r => r.Dropped is not null)];
        bool none = dropped.Length > 0 && rules.Count == 0;
        return new HttpRouteBody(
            rules.ToImmutable(),
            refs.Targets,
            none ? dropped[0].Dropped! with { Message = $"no rule can be served; rule {Describe(dropped)}" } : null,
            dropped.Length > 0 && !none
                ? new Problem(Reasons.UnsupportedValue, $"Dropped Rule {Describe(dropped)}") { Field = dropped[0].Dropped!.Field }
                : null,
            refs.Problems)
        {
            DroppedRules = [.. dropped.Select(r => r.Dropped!)],
        };
    }

    private static HttpRule Resolve(CompiledRule rule, RouteReferences refs)
    {
        var conditions = new List<MatchConditions>();
        bool usable = refs.TryResolve(rule.Filters, new RulePlace(rule.Index), out HttpFilters? filters, out _, conditions);
        ImmutableArray<HttpMatch> matches = MatchesOf(rule, conditions, refs);
        if (!usable)
        {
            // A rule without filters and backends answers 500: nothing may pass without what the filters refer to.
            refs.CheckBackends(rule);
            return new HttpRule(rule.Index, rule.Name, matches, null, []);
        }

        ImmutableArray<BackendShare> shares =
            [.. rule.Backends.Select((b, i) => refs.Share(b, rule.BackendFilters[i], new RulePlace(rule.Index, i)))];
        return new HttpRule(rule.Index, rule.Name, matches, filters, shares)
        {
            EmptyStatus = rule.EmptyStatus,
            Timeouts = rule.Timeouts,
            Retry = rule.Retry,
            Session = rule.Session,
        };
    }

    /// <summary>The rule's matches with what HTTPMatches add, without those whose own HTTPMatch cannot be had.</summary>
    private static ImmutableArray<HttpMatch> MatchesOf(CompiledRule rule, List<MatchConditions> ofRule, RouteReferences refs)
    {
        if (ofRule.Count == 0 && rule.MatchExtensions.IsEmpty)
        {
            return rule.Matches;
        }

        var matches = ImmutableArray.CreateBuilder<HttpMatch>();
        for (int i = 0; i < rule.Matches.Length; i++)
        {
            ImmutableArray<MatchConditions> conditions = [.. ofRule];
            if (!rule.MatchExtensions.IsEmpty && rule.MatchExtensions[i] is ObjectReference reference)
            {
                if (refs.ConditionsOf(reference, $"spec.rules[{rule.Index}].matches[{i}].extensionRef") is not MatchConditions own)
                {
                    continue;
                }

                conditions = conditions.Add(own);
            }

            matches.Add(conditions.IsEmpty ? rule.Matches[i] : rule.Matches[i] with { Conditions = conditions });
        }

        return matches.ToImmutable();
    }

    private static string Describe(CompiledRule[] dropped) =>
        Conditions.Names([.. dropped.Select(r => $"{Name(r)}: {r.Dropped!.Message}")], "; ");

    private static string Name(CompiledRule rule) => string.IsNullOrEmpty(rule.Name) ? $"{rule.Index}" : $"{rule.Index} ({rule.Name})";
}
