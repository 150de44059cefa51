using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.Snapshot;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.DataPlane.Http;

/// <summary>Builds the lookup of one hostname and is then done with. Rules are added in the order that breaks ties.</summary>
internal sealed class HostRoutesBuilder(RoutePatterns patterns)
{
    private static readonly string[] AnyMethod = [""];
    private static readonly ExtraConditions[] NoExtras = [null!];

    private readonly List<(int Kind, string Path)> _paths = [];
    private readonly Dictionary<(int Kind, string Path), int> _numbers = [];
    private readonly List<(int Path, int Order, PathlessMatch Match)> _matches = [];
    private readonly List<(int Order, int Length, PatternMatch Match)> _patterns = [];
    private readonly List<ValueCondition> _conditions = [];
    private readonly List<string> _problems = [];
    private List<string>? _methods;
    private ExtraConditionsList? _extras;
    private ulong _depths;
    private int _longest;
    private bool _hasExact;
    private int _rules;

    public void Add(HttpRouteResource route, HttpRuleTarget rule)
    {
        _rules++;
        foreach (HttpMatch match in rule.Rule.Matches)
        {
            AddMatch(match, rule, new Place(route, rule.Rule.Index));
        }
    }

    public HostRoutes Build()
    {
        PathlessMatch[] matches = ArrangeMatches(out int[] starts);
        _patterns.Sort((a, b) =>
        {
            int order = b.Length.CompareTo(a.Length);
            order = order != 0 ? order : ByPrecedence(a.Match.Match, b.Match.Match);
            return order != 0 ? order : a.Order.CompareTo(b.Order);
        });
        return new HostRoutes
        {
            Paths = new HostPaths(_paths, starts),
            Matches = matches,
            Patterns = [.. _patterns.Select(p => p.Match)],
            Conditions = [.. _conditions],
            Methods = _methods is null ? AnyMethod : [.. _methods],
            Extras = _extras is null ? NoExtras : _extras.ToArray(),
            HasExact = _hasExact,
            PrefixDepths = _depths,
            LongestPrefix = _longest,
            Problems = [.. _problems],
        };
    }

    private void AddMatch(HttpMatch match, HttpRuleTarget rule, Place place)
    {
        if (!TryAddConditions(match, rule, place, out PathlessMatch pathless))
        {
            return;
        }

        if (match.Path.Type == PathMatchType.RegularExpression)
        {
            if (TryCompile(match.Path.Value, place, out Regex? pattern))
            {
                _patterns.Add((_rules, match.Path.Value.Length, new PatternMatch(pattern, pathless)));
            }

            return;
        }

        if (!RequestPath.TryNormalise(match.Path.Value, out string? path))
        {
            _problems.Add($"{place}: no request can have the path {match.Path.Value}");
            return;
        }

        bool exact = match.Path.Type == PathMatchType.Exact;
        if (!exact && path.Length > 1 && path.EndsWith('/'))
        {
            path = path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        }

        _matches.Add((PathNumber(exact, path), _rules, pathless));
    }

    private int PathNumber(bool exact, string path)
    {
        (int, string) key = (exact ? HostPaths.Exact : HostPaths.Prefix, path);
        if (_numbers.TryGetValue(key, out int known))
        {
            return known;
        }

        if (exact)
        {
            _hasExact = true;
        }
        else
        {
            int depth = path.Length == 1 ? 0 : path.AsSpan().Count('/');
            _depths |= 1UL << Math.Min(depth, HostRoutes.DeepestTracked);
            _longest = Math.Max(_longest, path.Length);
        }

        _numbers.Add(key, _paths.Count);
        _paths.Add(key);
        return _paths.Count - 1;
    }

    private bool TryAddConditions(HttpMatch match, HttpRuleTarget rule, Place place, out PathlessMatch pathless)
    {
        int start = _conditions.Count;
        pathless = default;
        ushort extra = 0;
        if (match.Conditions is { IsDefaultOrEmpty: false })
        {
            _extras ??= new ExtraConditionsList();
            if (!_extras.TryAdd(match.Conditions, p => TryCompile(p, place, out Regex? regex) ? regex : null, out extra))
            {
                _problems.Add($"{place}: the conditions of its HTTPMatch cannot be used");
                return false;
            }
        }

        if (!TryAddValues(match.Headers, place) || !TryAddValues(match.Query, place))
        {
            _conditions.RemoveRange(start, _conditions.Count - start);
            return false;
        }

        pathless = new PathlessMatch(rule, start, MethodNumber(match.Method), (ushort)match.Headers.Length, (ushort)match.Query.Length, extra);
        return true;
    }

    private bool TryAddValues(ImmutableArray<ValueMatch> values, Place place)
    {
        foreach (ValueMatch value in values)
        {
            Regex? pattern = null;
            if (value.Type == ValueMatchType.RegularExpression && !TryCompile(value.Value, place, out pattern))
            {
                return false;
            }

            _conditions.Add(new ValueCondition(value.Name, value.Value, pattern));
        }

        return true;
    }

    private ushort MethodNumber(string? method)
    {
        if (method is null)
        {
            return 0;
        }

        _methods ??= [.. AnyMethod];
        int known = _methods.IndexOf(method, 1);
        if (known < 0)
        {
            known = _methods.Count;
            _methods.Add(method);
        }

        return checked((ushort)known);
    }

    private bool TryCompile(string pattern, Place place, [NotNullWhen(true)] out Regex? regex)
    {
        if (!patterns.TryGet(pattern, out regex, out string? problem))
        {
            _problems.Add($"{place}: {problem}");
            return false;
        }

        return true;
    }

    /// <summary>Brings the matches of each path together, best first.</summary>
    /// <param name="starts">Where those of each path start, and one past the end.</param>
    private PathlessMatch[] ArrangeMatches(out int[] starts)
    {
        _matches.Sort((a, b) =>
        {
            int order = a.Path.CompareTo(b.Path);
            order = order != 0 ? order : ByPrecedence(a.Match, b.Match);
            return order != 0 ? order : a.Order.CompareTo(b.Order);
        });
        starts = new int[_paths.Count + 1];
        var arranged = new PathlessMatch[_matches.Count];
        for (int i = 0; i < arranged.Length; i++)
        {
            arranged[i] = _matches[i].Match;
            starts[_matches[i].Path + 1] = i + 1;
        }

        return arranged;
    }

    /// <summary>Before age and name, which the order of adding has. Two equal ones belong to one rule, so their order does not matter.</summary>
    private int ByPrecedence(in PathlessMatch a, in PathlessMatch b)
    {
        int order = (a.Method == 0).CompareTo(b.Method == 0);
        order = order != 0 ? order : Headers(b).CompareTo(Headers(a));
        return order != 0 ? order : b.Parameters.CompareTo(a.Parameters);
    }

    private int Headers(in PathlessMatch match) => match.Headers + (match.Extra == 0 ? 0 : _extras!.CountOf(match.Extra));

    /// <summary>Of a match, for a problem with it; most have none.</summary>
    private readonly record struct Place(HttpRouteResource Route, int Rule)
    {
        public override string ToString() => $"{Route.Id} rule {Rule}";
    }
}
