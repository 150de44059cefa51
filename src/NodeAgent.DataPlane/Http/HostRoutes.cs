using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The rules of one hostname of one listener, as one immutable lookup. The order (HTTPRouteRule.matches, facts 5.2): exact path; regular
/// expressions, the longest pattern first (their rank is ours to choose); prefixes, the longest first; and among those of equal path: method
/// given; most headers (each condition of an HTTPMatch counts as one); most query parameters; oldest route, lowest NS/NAME, first rule.
/// </summary>
internal sealed class HostRoutes
{
    /// <summary>The bits of <see cref="PrefixDepths"/>; the last stands for this depth and all beyond.</summary>
    public const int DeepestTracked = 63;

    public required HostPaths Paths { get; init; }

    /// <summary>By path, in order of precedence; <see cref="Paths"/> says where each path's are.</summary>
    public required PathlessMatch[] Matches { get; init; }

    /// <summary>In order of precedence.</summary>
    public required PatternMatch[] Patterns { get; init; }

    public required ValueCondition[] Conditions { get; init; }

    /// <summary>The first is unused: method 0 is any.</summary>
    public required string[] Methods { get; init; }

    /// <summary>The first is unused: extra 0 is none.</summary>
    public required ExtraConditions[] Extras { get; init; }

    public required bool HasExact { get; init; }

    /// <summary>Bit n: some prefix has n slashes, with "/" counting 0; bit 63: 63 or more.</summary>
    public required ulong PrefixDepths { get; init; }

    /// <summary>In characters.</summary>
    public required int LongestPrefix { get; init; }

    /// <summary>See <see cref="RouteTable.Problems"/>.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    /// <param name="length">See <see cref="RouteMatch.MatchedPathLength"/>.</param>
    /// <returns>The best rule, or null.</returns>
    public HttpRuleTarget? Match<TRequest>(ref TRequest facts, ReadOnlySpan<char> path, out int length)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        length = path.Length;
        HttpRuleTarget? rule = HasExact ? MatchPath(HostPaths.Exact, path, ref facts) : null;
        rule ??= Patterns.Length > 0 ? MatchPatterns(ref facts, path) : null;
        return rule ?? MatchPrefixes(ref facts, path, ref length);
    }

    private HttpRuleTarget? MatchPatterns<TRequest>(ref TRequest facts, ReadOnlySpan<char> path)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        Regex? last = null;
        bool lastMatched = false;
        foreach (ref readonly PatternMatch candidate in Patterns.AsSpan())
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

        return null;
    }

    /// <summary>Probes the path and its beginnings at slashes, longest first, where there are prefixes that deep.</summary>
    private HttpRuleTarget? MatchPrefixes<TRequest>(ref TRequest facts, ReadOnlySpan<char> path, ref int length)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        int depth = path.Count('/');
        length = path.Length;
        while (length > 0)
        {
            if (length <= LongestPrefix && (PrefixDepths >> Math.Min(depth, DeepestTracked) & 1) != 0 && path[length - 1] != '/')
            {
                HttpRuleTarget? rule = MatchPath(HostPaths.Prefix, path[..length], ref facts);
                if (rule is not null)
                {
                    return rule;
                }
            }

            length = path[..length].LastIndexOf('/');
            depth--;
        }

        length = 1;
        return (PrefixDepths & 1) != 0 ? MatchPath(HostPaths.Prefix, "/", ref facts) : null;
    }

    private HttpRuleTarget? MatchPath<TRequest>(int kind, ReadOnlySpan<char> path, ref TRequest facts)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        if (Paths.TryFind(kind, path, out int start, out int end))
        {
            foreach (ref readonly PathlessMatch candidate in Matches.AsSpan(start..end))
            {
                if (Holds(candidate, ref facts))
                {
                    return candidate.Rule;
                }
            }
        }

        return null;
    }

    private bool Holds<TRequest>(in PathlessMatch match, ref TRequest facts)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        if (match.Method != 0 && facts.Method != Methods[match.Method])
        {
            return false;
        }

        int parameters = match.Conditions + match.Headers;
        return (match.Headers == 0
                || RequestConditions.AllHeaders(Conditions.AsSpan(match.Conditions, match.Headers), ref facts))
            && (match.Parameters == 0
                || RequestConditions.AllParameters(Conditions.AsSpan(parameters, match.Parameters), facts.Query))
            && (match.Extra == 0 || Extras[match.Extra].Hold(ref facts));
    }
}

/// <summary>A match whose path already holds.</summary>
/// <param name="Conditions">Where its header conditions start, followed by its query conditions.</param>
/// <param name="Method">Index of the method; 0 is any.</param>
/// <param name="Extra">Index of what HTTPMatches add; 0 is nothing.</param>
internal readonly record struct PathlessMatch(HttpRuleTarget Rule, int Conditions, ushort Method, ushort Headers, ushort Parameters, ushort Extra);

internal readonly record struct PatternMatch(Regex Path, PathlessMatch Match);
