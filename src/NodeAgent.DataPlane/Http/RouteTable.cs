using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// All HTTP listeners that share one address and port, as one immutable lookup. A match takes hash lookups whose number
/// depends on the request alone, not on the number of routes, and allocates nothing.
/// <para>
/// The order (HTTPRouteRule.matches, facts 5.2): 1. the one listener with the most specific hostname; 2. of its routes'
/// hostnames the most specific, then less specific ones while no rule matches; 3. exact path; 4. regular expressions,
/// the longest pattern first (their rank is ours to choose); 5. prefixes, the longest first; and among those of equal
/// path 6. method given; 7. most headers (each condition of an HTTPMatch counts as one); 8. most query parameters; 9. oldest route, lowest NS/NAME, first rule.
/// </para>
/// </summary>
internal sealed class RouteTable
{
    /// <summary>The bits of <see cref="HostNode.PrefixDepths"/>; the last stands for this depth and all beyond.</summary>
    private const int DeepestTracked = 63;

    private readonly RouteTableParts _parts;

    internal RouteTable(ImmutableArray<ListenerRoutes> listeners)
    {
        Listeners = listeners;
        var builder = new RouteTableBuilder(listeners);
        _parts = builder.Build();
        Rules = builder.Rules;
        Problems = builder.Problems;
    }

    public ImmutableArray<ListenerRoutes> Listeners { get; }

    /// <summary>Every rule once per listener it is attached to. By listener, then age of the route, then rule.</summary>
    public ImmutableArray<TableRule> Rules { get; }

    /// <summary>One line per match that can never hold, such as a pattern that this version cannot compile.</summary>
    public ImmutableArray<string> Problems { get; }

    /// <param name="host">Without its port, in any case, with or without a trailing dot; empty when there is none.</param>
    public MatchOutcome TryMatch<TRequest>(ReadOnlySpan<char> host, in TRequest request, out RouteMatch match)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        if (host.EndsWith('.'))
        {
            host = host[..^1];
        }

        var listenerNames = new HostNames(_parts, RouteTableParts.ListenerScope, host);
        if (!listenerNames.MoveNext(out int name))
        {
            match = new RouteMatch(-1, -1, 0);
            return MatchOutcome.NoListener;
        }

        int listener = _parts.Hosts[name].Listener;

        // Members of the interface are not known to be readonly: without this each call would copy the struct.
        ref TRequest facts = ref Unsafe.AsRef(in request);
        ReadOnlySpan<char> path = facts.Path;
        if (path.StartsWith('/'))
        {
            var routeNames = new HostNames(_parts, RouteTableParts.RouteScope(listener), host);
            while (routeNames.MoveNext(out int routeName))
            {
                int rule = MatchHost(routeName, ref facts, path, out int length);
                if (rule >= 0)
                {
                    match = new RouteMatch(rule, listener, length);
                    return MatchOutcome.Matched;
                }
            }
        }

        match = new RouteMatch(-1, listener, 0);
        return MatchOutcome.NoRule;
    }

    /// <returns>The best rule of one hostname, or -1.</returns>
    private int MatchHost<TRequest>(int host, ref TRequest facts, ReadOnlySpan<char> path, out int length)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        ref readonly HostNode node = ref _parts.Hosts[host];
        length = path.Length;
        if (node.HasExact)
        {
            int rule = MatchPath(RouteTableParts.ExactScope(host), path, ref facts);
            if (rule >= 0)
            {
                return rule;
            }
        }

        if (node.PatternCount > 0)
        {
            int rule = MatchPatterns(node, ref facts, path);
            if (rule >= 0)
            {
                return rule;
            }
        }

        return MatchPrefixes(host, node, ref facts, path, ref length);
    }

    private int MatchPatterns<TRequest>(in HostNode node, ref TRequest facts, ReadOnlySpan<char> path)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        Regex? last = null;
        bool lastMatched = false;
        foreach (ref readonly PatternMatch candidate in
            _parts.Patterns.AsSpan(node.FirstPattern, node.PatternCount))
        {
            // Equal patterns share one object; those of one route are neighbours more often than not.
            if (!ReferenceEquals(candidate.Path, last))
            {
                last = candidate.Path;
                lastMatched = RoutePattern.Holds(last, path);
            }

            if (lastMatched && Holds(candidate.Match, ref facts))
            {
                return candidate.Match.Rule;
            }
        }

        return -1;
    }

    /// <summary>Probes the path and its beginnings at slashes, longest first, where this host has prefixes that deep.</summary>
    private int MatchPrefixes<TRequest>(
        int host,
        in HostNode node,
        ref TRequest facts,
        ReadOnlySpan<char> path,
        ref int length)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        int scope = RouteTableParts.PrefixScope(host);
        int depth = path.Count('/');
        length = path.Length;
        while (length > 0)
        {
            if (length <= node.LongestPrefix
                && (node.PrefixDepths >> Math.Min(depth, DeepestTracked) & 1) != 0
                && path[length - 1] != '/')
            {
                int rule = MatchPath(scope, path[..length], ref facts);
                if (rule >= 0)
                {
                    return rule;
                }
            }

            length = path[..length].LastIndexOf('/');
            depth--;
        }

        length = 1;
        return (node.PrefixDepths & 1) != 0 ? MatchPath(scope, "/", ref facts) : -1;
    }

    private int MatchPath<TRequest>(int scope, ReadOnlySpan<char> path, ref TRequest facts)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        int number = _parts.Paths.Find(scope, path);
        if (number < 0)
        {
            return -1;
        }

        (int start, int end) = _parts.Paths.RangeOf(number);
        for (int i = start; i < end; i++)
        {
            ref readonly PathlessMatch candidate = ref _parts.Matches[i];
            if (Holds(candidate, ref facts))
            {
                return candidate.Rule;
            }
        }

        return -1;
    }

    private bool Holds<TRequest>(in PathlessMatch match, ref TRequest facts)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        if (match.Method != 0 && facts.Method != _parts.Methods[match.Method])
        {
            return false;
        }

        int parameters = match.Conditions + match.Headers;
        return (match.Headers == 0
                || RequestConditions.AllHeaders(_parts.Conditions.AsSpan(match.Conditions, match.Headers), ref facts))
            && (match.Parameters == 0
                || RequestConditions.AllParameters(_parts.Conditions.AsSpan(parameters, match.Parameters), facts.Query))
            && (match.Extra == 0 || _parts.Extras[match.Extra].Hold(ref facts));
    }
}
