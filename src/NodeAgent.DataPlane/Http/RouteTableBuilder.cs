using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.Snapshot;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.DataPlane.Http;

/// <summary>Builds one table and is then done with. Rules are numbered in the order that breaks ties.</summary>
internal sealed class RouteTableBuilder
{
    private static readonly Comparer<HttpRouteResource> ByFullName = Comparer<HttpRouteResource>.Create(CompareFullNames);

    private readonly ImmutableArray<ListenerRoutes> _listeners;
    private readonly ImmutableArray<TableRule>.Builder _rules = ImmutableArray.CreateBuilder<TableRule>();
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly HostTree _hosts;
    private readonly TextIndex _paths = new(ignoreCase: false);
    private readonly List<(int Path, PathlessMatch Match)> _matches = [];
    private readonly List<(int Host, PatternMatch Match)> _patterns = [];
    private readonly List<ValueCondition> _conditions = [];
    private readonly List<string> _methods = [""];
    private readonly ExtraConditionsList _extras = new();
    private readonly Dictionary<string, Regex> _compiled = new(StringComparer.Ordinal);
    private readonly Dictionary<Regex, int> _patternLengths = [];

    public RouteTableBuilder(ImmutableArray<ListenerRoutes> listeners)
    {
        _listeners = listeners;
        _hosts = new HostTree(scopes: 1 + listeners.Length);
    }

    public ImmutableArray<TableRule> Rules => _rules.DrainToImmutable();

    public ImmutableArray<string> Problems => _problems.DrainToImmutable();

    public RouteTableParts Build()
    {
        for (int listener = 0; listener < _listeners.Length; listener++)
        {
            ListenerRoutes routes = _listeners[listener];
            int name = _hosts.Add(RouteTableParts.ListenerScope, routes.Listener.Hostname, listener);
            if (_hosts.Nodes[name].Listener != listener)
            {
                _problems.Add($"{routes.Gateway}: listener {routes.Listener.Name} has the hostname of another");
                continue;
            }

            if (routes.Listener.SingleLabelWildcards)
            {
                // Listeners of one address and port are of one Gateway, and so of one API: all of them say the same.
                _hosts.TakeOneLabel(RouteTableParts.ListenerScope);
                _hosts.TakeOneLabel(RouteTableParts.RouteScope(listener));
            }

            AddRoutes(listener, routes);
        }

        PathlessMatch[] matches = ArrangeMatches();
        PatternMatch[] patterns = ArrangePatterns();
        return new RouteTableParts(
            _hosts.Index, [.. _hosts.Nodes], _hosts.Scopes, _paths, matches, patterns, [.. _conditions], [.. _methods], _extras.ToArray());
    }

    private void AddRoutes(int listener, ListenerRoutes routes)
    {
        IEnumerable<AttachedRoute> oldestFirst = routes.Routes
            .OrderBy(r => r.Route.CreatedAt)
            .ThenBy(r => r.Route, ByFullName);
        var hosts = new List<int>();
        foreach (AttachedRoute attached in oldestFirst)
        {
            hosts.Clear();
            int scope = RouteTableParts.RouteScope(listener);
            if (attached.Hostnames.IsDefaultOrEmpty)
            {
                hosts.Add(_hosts.Add(scope, routes.Listener.Hostname, listener));
            }
            else
            {
                hosts.AddRange(attached.Hostnames
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Select(h => _hosts.Add(scope, h, listener)));
            }

            foreach (HttpRule rule in attached.Route.Rules.OrderBy(r => r.Index))
            {
                _rules.Add(new TableRule(attached.Route, rule, listener));
                foreach (HttpMatch match in rule.Matches)
                {
                    AddMatch(match, hosts, new Place(attached.Route, rule.Index));
                }
            }
        }
    }

    private void AddMatch(HttpMatch match, List<int> hosts, Place place)
    {
        if (!TryAddConditions(match, place, out PathlessMatch pathless))
        {
            return;
        }

        if (match.Path.Type == PathMatchType.RegularExpression)
        {
            if (TryCompile(match.Path.Value, place, out Regex? pattern))
            {
                _patternLengths[pattern] = match.Path.Value.Length;
                foreach (int host in hosts)
                {
                    _patterns.Add((host, new PatternMatch(pattern, pathless)));
                }
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

        foreach (int host in hosts)
        {
            int scope = exact ? RouteTableParts.ExactScope(host) : RouteTableParts.PrefixScope(host);
            _matches.Add((_paths.Add(scope, path), pathless));
            _hosts.NotePath(host, exact, path);
        }
    }

    private bool TryAddConditions(HttpMatch match, Place place, out PathlessMatch pathless)
    {
        int start = _conditions.Count;
        pathless = default;
        if (!_extras.TryAdd(match.Conditions, p => TryCompile(p, place, out Regex? regex) ? regex : null, out ushort extra))
        {
            _problems.Add($"{place}: the conditions of its HTTPMatch cannot be used");
            return false;
        }

        foreach (ValueMatch value in match.Headers.Concat(match.Query))
        {
            Regex? pattern = null;
            if (value.Type == ValueMatchType.RegularExpression && !TryCompile(value.Value, place, out pattern))
            {
                _conditions.RemoveRange(start, _conditions.Count - start);
                return false;
            }

            _conditions.Add(new ValueCondition(value.Name, value.Value, pattern));
        }

        pathless = new PathlessMatch(
            _rules.Count - 1, start, MethodNumber(match.Method), (ushort)match.Headers.Length, (ushort)match.Query.Length, extra);
        return true;
    }

    private ushort MethodNumber(string? method)
    {
        if (method is null)
        {
            return 0;
        }

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
        if (_compiled.TryGetValue(pattern, out regex))
        {
            return true;
        }

        if (!RoutePattern.TryCompile(pattern, out regex, out string? problem))
        {
            _problems.Add($"{place}: {problem}");
            return false;
        }

        _compiled.Add(pattern, regex);
        return true;
    }

    /// <summary>Brings the matches of each path together, best first, and tells the index where they are.</summary>
    private PathlessMatch[] ArrangeMatches()
    {
        var starts = new int[_paths.Count + 1];
        foreach ((int path, _) in _matches)
        {
            starts[path + 1]++;
        }

        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var arranged = new PathlessMatch[_matches.Count];
        int[] next = [.. starts];
        foreach ((int path, PathlessMatch match) in _matches)
        {
            arranged[next[path]++] = match;
        }

        for (int i = 1; i < starts.Length; i++)
        {
            if (starts[i] - starts[i - 1] > 1)
            {
                arranged.AsSpan(starts[i - 1]..starts[i]).Sort(ByPrecedence);
            }
        }

        _paths.Seal(starts);
        return arranged;
    }

    private PatternMatch[] ArrangePatterns()
    {
        _patterns.Sort((a, b) =>
        {
            int order = a.Host.CompareTo(b.Host);
            order = order != 0 ? order : _patternLengths[b.Match.Path].CompareTo(_patternLengths[a.Match.Path]);
            return order != 0 ? order : ByPrecedence(a.Match.Match, b.Match.Match);
        });
        Span<HostNode> nodes = CollectionsMarshal.AsSpan(_hosts.Nodes);
        for (int i = 0; i < _patterns.Count; i++)
        {
            ref HostNode node = ref nodes[_patterns[i].Host];
            node = node with
            {
                FirstPattern = node.PatternCount == 0 ? i : node.FirstPattern,
                PatternCount = node.PatternCount + 1,
            };
        }

        return [.. _patterns.Select(p => p.Match)];
    }

    /// <summary>Steps 6 to 9 of the order. Two equal ones belong to one rule, so their order does not matter.</summary>
    private int ByPrecedence(PathlessMatch a, PathlessMatch b)
    {
        int order = (a.Method == 0).CompareTo(b.Method == 0);
        order = order != 0 ? order : Headers(b).CompareTo(Headers(a));
        order = order != 0 ? order : b.Parameters.CompareTo(a.Parameters);
        return order != 0 ? order : a.Rule.CompareTo(b.Rule);
    }

    private int Headers(PathlessMatch match) => match.Headers + _extras.CountOf(match.Extra);

    /// <summary>As the texts NS/NAME compare, without making them: that would be one for each route, for each edit of one.</summary>
    private static int CompareFullNames(HttpRouteResource a, HttpRouteResource b)
    {
        int common = Math.Min(a.Namespace.Length, b.Namespace.Length);
        int order = a.Namespace.AsSpan(0, common).SequenceCompareTo(b.Namespace.AsSpan(0, common));
        if (order != 0)
        {
            return order;
        }

        return a.Namespace.Length == b.Namespace.Length
            ? string.CompareOrdinal(a.Name, b.Name)
            : common < a.Namespace.Length ? a.Namespace[common].CompareTo('/') : '/'.CompareTo(b.Namespace[common]);
    }

    /// <summary>Of a match, for a problem with it; most have none.</summary>
    private readonly record struct Place(HttpRouteResource Route, int Rule)
    {
        public override string ToString() => $"{Route.Id} rule {Rule}";
    }
}
