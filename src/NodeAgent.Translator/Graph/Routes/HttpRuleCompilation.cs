using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Turns the text of an HTTPRoute's rules into what the data plane takes.</summary>
internal static class HttpRuleCompilation
{
    public static ImmutableArray<CompiledRule> Compile(HttpRoute route, ObjectIndex index) =>
        [.. route.Rules.Select((rule, i) => Compile(route, rule, i, index))];

    private static CompiledRule Compile(HttpRoute route, HttpRouteRule rule, int position, ObjectIndex index)
    {
        var text = new RuleText(position, rule.Name, rule.Filters, rule.BackendRefs);
        Problem? problem = text.FirstOf(rule.Matches, "matches", Check)
            ?? RuleSettings.Check(rule.Timeouts, index)
            ?? RuleSettings.Check(rule.Retry, index)
            ?? RuleSettings.Check(rule.SessionPersistence, index);
        if (problem is not null)
        {
            return text.Drop(problem);
        }

        return text.Compile(Matches(rule), index) with
        {
            MatchExtensions = rule.Matches.Any(m => m.ExtensionRef is not null) ? [.. rule.Matches.Select(m => m.ExtensionRef)] : [],
            EmptyStatus = rule.EmptyStatus,
            Timeouts = RuleSettings.Of(rule.Timeouts),
            Retry = RuleSettings.Of(rule.Retry),
            Session = RuleSettings.Of(rule.SessionPersistence, route, position),
        };
    }

    private static ImmutableArray<HttpMatch> Matches(HttpRouteRule rule) =>
        rule.Matches.IsEmpty ? [new HttpMatch(new PathMatch(PathMatchType.Prefix, "/"), null, [], [])] : [.. rule.Matches.Select(Match)];

    private static Problem? Check(HttpRouteMatch match)
    {
        if (match.PathType == "RegularExpression")
        {
            if (RuleText.CheckPattern(match.PathValue) is Problem problem)
            {
                return problem;
            }
        }
        else if (match.PathType is not ("Exact" or "PathPrefix"))
        {
            return new Problem(Reasons.UnsupportedValue, $"path match type {match.PathType} is not served");
        }
        else if (!match.PathValue.StartsWith('/'))
        {
            return new Problem(Reasons.UnsupportedValue, $"path \"{match.PathValue}\" does not start with a slash");
        }

        return match.Headers.Concat(match.QueryParams).Select(RuleText.Check).FirstOrDefault(p => p is not null);
    }

    private static HttpMatch Match(HttpRouteMatch match) => new(
        match.PathType switch
        {
            "Exact" => new PathMatch(PathMatchType.Exact, match.PathValue),
            "RegularExpression" => new PathMatch(PathMatchType.RegularExpression, match.PathValue),
            _ => new PathMatch(PathMatchType.Prefix, WithoutTrailingSlash(match.PathValue)),
        },
        string.IsNullOrEmpty(match.Method) ? null : match.Method,
        RuleText.Headers(match.Headers),
        [.. match.QueryParams.Select(q => RuleText.Value(q, q.Name)).DistinctBy(q => q.Name)]);

    private static string WithoutTrailingSlash(string prefix) =>
        prefix.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
}
