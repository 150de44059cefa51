using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>The matching rules sentence by sentence, without any thought of cost.</summary>
internal static class NaiveMatcher
{
    private sealed record Candidate(string? Hostname, HttpRouteResource Route, HttpRule Rule, HttpMatch Match);

    public static (MatchOutcome Outcome, HttpRouteResource? Route, HttpRule? Rule, int Length) Match(
        ImmutableArray<ListenerRoutes> listeners,
        string host,
        FakeRequest request)
    {
        host = host.TrimEnd('.').ToLowerInvariant();
        ListenerRoutes? listener = listeners
            .Where(l => Takes(l.Listener.Hostname, host, l.Listener.SingleLabelWildcards))
            .OrderBy(l => l.Listener.Hostname, Comparer<string?>.Create(BySpecificity))
            .FirstOrDefault();
        if (listener is null)
        {
            return (MatchOutcome.NoListener, null, null, 0);
        }

        IEnumerable<Candidate> all =
            from attached in listener.Routes
            from hostname in Hostnames(attached, listener)
            from rule in attached.Route.Rules
            from match in rule.Matches
            select new Candidate(hostname, attached.Route, rule, match);
        Candidate? best = all
            .Where(c => Takes(c.Hostname, host, listener.Listener.SingleLabelWildcards) && Holds(c.Match, request))
            .OrderBy(c => c.Hostname, Comparer<string?>.Create(BySpecificity))
            .ThenBy(c => c.Match.Path.Type switch
            {
                PathMatchType.Exact => 0,
                PathMatchType.RegularExpression => 1,
                _ => 2,
            })
            .ThenByDescending(c => c.Match.Path.Value.Length)
            .ThenByDescending(c => c.Match.Method is not null)
            .ThenByDescending(c => c.Match.Headers.Length)
            .ThenByDescending(c => c.Match.Query.Length)
            .ThenBy(c => c.Route.CreatedAt)
            .ThenBy(c => $"{c.Route.Namespace}/{c.Route.Name}", StringComparer.Ordinal)
            .ThenBy(c => c.Rule.Index)
            .FirstOrDefault();
        return best is null
            ? (MatchOutcome.NoRule, null, null, 0)
            : (MatchOutcome.Matched, best.Route, best.Rule, Length(best.Match.Path, request));
    }

    private static string?[] Hostnames(AttachedRoute attached, ListenerRoutes listener) =>
        attached.Hostnames.IsEmpty ? [listener.Listener.Hostname] : [.. attached.Hostnames];

    private static int Length(PathMatch path, FakeRequest request) =>
        path.Type == PathMatchType.Prefix ? path.Value.Length : request.Path.Length;

    private static bool Takes(string? pattern, string host, bool oneLabel) =>
        pattern is null
        || pattern == host
        || (pattern.StartsWith('*')
            && host.EndsWith(pattern[1..], StringComparison.Ordinal)
            && host.Length > pattern.Length - 1
            && (!oneLabel || !host[..^(pattern.Length - 1)].Contains('.', StringComparison.Ordinal)));

    private static int BySpecificity(string? a, string? b) => Rank(a).CompareTo(Rank(b));

    private static (int Kind, int Length) Rank(string? hostname) => hostname switch
    {
        null => (2, 0),
        _ when hostname.StartsWith('*') => (1, -hostname.Length),
        _ => (0, -hostname.Length),
    };

    private static bool Holds(HttpMatch match, FakeRequest request) =>
        PathHolds(match.Path, request.Path.ToString())
        && (match.Method is null || match.Method == request.Method)
        && match.Headers.All(h => request.TryGetHeader(h.Name, out StringValues values) && Equal(h, string.Join(',', values.ToArray())))
        && match.Query.All(q => Parameter(request.Query.ToString(), q.Name) is { } value && Equal(q, value));

    private static bool PathHolds(PathMatch match, string path) => match.Type switch
    {
        PathMatchType.Exact => path == match.Value,
        PathMatchType.Prefix => match.Value == "/" || path == match.Value || path.StartsWith(match.Value + "/", StringComparison.Ordinal),
        _ => Regex.IsMatch(path, $@"\A(?:{match.Value})\z"),
    };

    private static bool Equal(ValueMatch match, string value) =>
        match.Type == ValueMatchType.Exact ? value == match.Value : Regex.IsMatch(value, $@"\A(?:{match.Value})\z");

    private static string? Parameter(string query, string name) => query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Split('=', 2))
        .Where(p => Decode(p[0]) == name)
        .Select(p => p.Length > 1 ? Decode(p[1]) : "")
        .FirstOrDefault();

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
