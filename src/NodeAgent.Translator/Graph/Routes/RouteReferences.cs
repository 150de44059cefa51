using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Backends;
using NodeAgent.Translator.Graph.Extensions;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>The references of one route, in order: what they lead to, and those that lead nowhere.</summary>
internal sealed class RouteReferences(RouteObject route, ObjectIndex index)
{
    private readonly Dictionary<string, SnapshotTarget> _targets = new(StringComparer.Ordinal);

    private readonly List<Problem> _problems = [];

    public ImmutableArray<Problem> Problems => [.. _problems];

    public ImmutableArray<SnapshotTarget> Targets => [.. _targets.Values];

    /// <summary>Of a dropped rule, or one that answers 500: its references are still true or false, though nothing uses them.</summary>
    public void Check(CompiledRule rule)
    {
        CheckFilters(rule.Filters.Source, new RulePlace(rule.Index));
        CheckBackends(rule);
    }

    public void CheckBackends(CompiledRule rule)
    {
        for (int i = 0; i < rule.Backends.Length; i++)
        {
            var place = new RulePlace(rule.Index, i);
            Find(rule.Backends[i], place, filter: null);
            CheckFilters(rule.Backends[i].Filters, place);
        }
    }

    /// <param name="filters">Those of the backendRef.</param>
    public BackendShare Share(BackendRef backend, CompiledFilters filters, RulePlace place)
    {
        if (Find(backend, place, filter: null) is not SnapshotTarget target)
        {
            CheckFilters(backend.Filters, place);
            return new BackendShare(backend.Weight, null, _problems[^1].Reason);
        }

        if (!TryResolve(filters, place, out HttpFilters? resolved, out Problem? fault))
        {
            return new BackendShare(backend.Weight, null, fault!.Reason);
        }

        Keep(target);
        return new BackendShare(backend.Weight, target.Id, null, resolved);
    }

    /// <summary>
    /// False when what the filters stand on must answer 500: an extension or an authority that is not there cannot be
    /// passed by. A mirror that leads nowhere is only told.
    /// </summary>
    /// <param name="filters">Null when there are none.</param>
    /// <param name="conditions">Takes what the filters ask of requests beside the rule's matches; null where there are no matches.</param>
    public bool TryResolve(
        CompiledFilters compiled, RulePlace place, out HttpFilters? filters, out Problem? fault, List<MatchConditions>? conditions = null)
    {
        (filters, fault) = (null, null);
        if (compiled.Source.IsEmpty)
        {
            return true;
        }

        HttpFilters resolved = compiled.Filters;
        var mirrors = ImmutableArray.CreateBuilder<MirrorFilter>();
        for (int i = 0; i < compiled.Source.Length; i++)
        {
            HttpRouteFilter filter = compiled.Source[i];
            if (filter.RequestMirror is RequestMirror mirror)
            {
                if (Find(mirror.Backend, place, i) is SnapshotTarget target)
                {
                    Keep(target);
                    mirrors.Add(new MirrorFilter(target.Id, mirror.Numerator, mirror.Denominator));
                }
            }
            else if (filter.ExternalAuth is ExternalAuth auth)
            {
                if (Find(auth.Backend, place, i) is SnapshotTarget target)
                {
                    Keep(target);
                    resolved = resolved with { ExternalAuth = compiled.Auth! with { Backend = target.Id } };
                }
                else
                {
                    fault ??= _problems[^1];
                }
            }
            else if (filter.ExtensionRef is ObjectReference reference)
            {
                resolved = Extend(resolved, reference, place, i, conditions, ref fault);
            }
        }

        filters = mirrors.Count > 0 ? resolved with { Mirrors = mirrors.ToImmutable() } : resolved;
        filters = fault is null && filters != new HttpFilters() ? filters : null;
        return fault is null;
    }

    /// <summary>The conditions of a match's own extensionRef; null, and told, when they cannot be had.</summary>
    public MatchConditions? ConditionsOf(ObjectReference reference, string field)
    {
        HttpExtension extension = HttpExtensionKinds.Match(reference, route.Meta.Namespace, index);
        if (extension.Problem is Problem problem)
        {
            _problems.Add(problem with { Field = field });
        }

        return extension.Conditions;
    }

    private HttpFilters Extend(
        HttpFilters filters, ObjectReference reference, RulePlace place, int position, List<MatchConditions>? conditions, ref Problem? fault)
    {
        ExtensionResult result = ExtensionFilters.Apply(filters, reference, route, index);
        if (result.Conditions is MatchConditions asked && place.Backend is null)
        {
            conditions?.Add(asked);
        }
        else if (result.Conditions is not null)
        {
            result = ExtensionResult.Fault(new Problem(
                Reasons.InvalidKind, $"HTTPMatch {route.Meta.Namespace}/{reference.Name} stands in a backendRef; it can stand in a rule only"));
        }

        if (result.Problem is Problem problem)
        {
            Report(problem, place, position, "extensionRef");
            fault ??= problem;
            return filters;
        }

        foreach (SnapshotTarget need in result.Needs)
        {
            Keep(need);
        }

        return result.Filters!;
    }

    private void CheckFilters(ImmutableArray<HttpRouteFilter> filters, RulePlace place)
    {
        for (int i = 0; i < filters.Length; i++)
        {
            if ((filters[i].RequestMirror?.Backend ?? filters[i].ExternalAuth?.Backend) is BackendRef backend)
            {
                Find(backend, place, i);
            }
            else if (filters[i].ExtensionRef is ObjectReference reference)
            {
                Problem? ignored = null;
                Extend(new HttpFilters(), reference, place, i, null, ref ignored);
            }
        }
    }

    /// <summary>Null when it leads nowhere; then that is the last of the problems.</summary>
    /// <param name="filter">Position of the filter that refers; null for a backendRef.</param>
    private SnapshotTarget? Find(BackendRef backend, RulePlace place, int? filter)
    {
        (SnapshotTarget? target, Problem? problem) = BackendResolution.Resolve(backend, route, index);
        if (problem is not null)
        {
            Report(problem, place, filter, "backendRef");
        }

        return target;
    }

    private void Keep(SnapshotTarget target) => _targets[target.Id] = target;

    private void Report(Problem problem, RulePlace place, int? filter, string field) =>
        _problems.Add(problem with { Field = problem.Field ?? (filter is int i ? $"{place}.filters[{i}].{field}" : place.ToString()) });
}

/// <summary>Where in a route; written out only when there is something to tell.</summary>
/// <param name="Backend">Position of the backendRef; null for the rule itself.</param>
internal readonly record struct RulePlace(int Rule, int? Backend = null)
{
    public override string ToString() => Backend is int i ? $"spec.rules[{Rule}].backendRefs[{i}]" : $"spec.rules[{Rule}]";
}
