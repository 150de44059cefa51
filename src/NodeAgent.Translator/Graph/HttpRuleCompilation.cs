using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.Translator.Graph;

/// <summary>A rule as its text alone makes it: everything but where its backendRefs lead.</summary>
/// <param name="Dropped">Why the rule cannot be served; its neighbours do not suffer.</param>
/// <param name="Filters">The rule's own.</param>
/// <param name="BackendFilters">One per backendRef, in their order; empty when the rule is dropped.</param>
internal sealed record CompiledRule(
    int Index,
    HttpRouteRule Rule,
    Problem? Dropped,
    ImmutableArray<HttpMatch> Matches,
    CompiledFilters Filters,
    ImmutableArray<CompiledFilters> BackendFilters);

/// <summary>Turns a rule's text into what the data plane takes; depends on the rule only.</summary>
internal static class HttpRuleCompilation
{
    public static ImmutableArray<CompiledRule> Compile(HttpRoute route) => [.. route.Rules.Select((rule, index) => Compile(rule, index))];

    private static CompiledRule Compile(HttpRouteRule rule, int index)
    {
        CompiledFilters filters = HttpFilterCompilation.OfRule(rule);
        ImmutableArray<CompiledFilters> backends = [.. rule.BackendRefs.Select(b => HttpFilterCompilation.OfBackend(b.Filters))];
        Problem? dropped = rule.Matches.Select(Check).FirstOrDefault(p => p is not null)
            ?? filters.Dropped
            ?? backends.Select(b => b.Dropped).FirstOrDefault(p => p is not null);
        return dropped is null
            ? new CompiledRule(index, rule, null, Matches(rule), filters, backends)
            : new CompiledRule(index, rule, dropped, [], filters, []);
    }

    private static ImmutableArray<HttpMatch> Matches(HttpRouteRule rule) =>
        rule.Matches.IsEmpty ? [new HttpMatch(new PathMatch(PathMatchType.Prefix, "/"), null, [], [])] : [.. rule.Matches.Select(Match)];

    private static Problem? Check(HttpRouteMatch match)
    {
        if (match.PathType == "RegularExpression")
        {
            if (CheckPattern(match.PathValue) is Problem problem)
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

        return match.Headers.Concat(match.QueryParams).Select(Check).FirstOrDefault(p => p is not null);
    }

    private static Problem? Check(NamedMatch match) => match.Type switch
    {
        "Exact" => null,
        "RegularExpression" => CheckPattern(match.Value),
        _ => new Problem(Reasons.UnsupportedValue, $"match type {match.Type} of {match.Name} is not served"),
    };

    /// <summary>
    /// Must compile by itself and between anchors: a pattern like "a)|(b" does only one of the two, and would
    /// match more than the whole value.
    /// </summary>
    private static Problem? CheckPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            _ = new Regex($"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new Problem(Reasons.UnsupportedValue, $"regular expression \"{pattern}\" cannot be used: {e.Message.TrimEnd('.')}");
        }
    }

    private static HttpMatch Match(HttpRouteMatch match) => new(
        match.PathType switch
        {
            "Exact" => new PathMatch(PathMatchType.Exact, match.PathValue),
            "RegularExpression" => new PathMatch(PathMatchType.RegularExpression, match.PathValue),
            _ => new PathMatch(PathMatchType.Prefix, WithoutTrailingSlash(match.PathValue)),
        },
        string.IsNullOrEmpty(match.Method) ? null : match.Method,
        [.. match.Headers.Select(h => Value(h, h.Name.ToLowerInvariant())).DistinctBy(h => h.Name)],
        [.. match.QueryParams.Select(q => Value(q, q.Name)).DistinctBy(q => q.Name)]);

    private static ValueMatch Value(NamedMatch match, string name) =>
        new(name, match.Type == "Exact" ? ValueMatchType.Exact : ValueMatchType.RegularExpression, match.Value);

    private static string WithoutTrailingSlash(string prefix) =>
        prefix.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
}
