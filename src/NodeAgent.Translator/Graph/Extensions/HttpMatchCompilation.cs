using NodeAgent.Snapshot;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph.Extensions;

/// <summary>An HTTPMatch in the data plane's words.</summary>
internal static class HttpMatchCompilation
{
    public static Problem? Check(HttpMatchObject match)
    {
        for (int i = 0; i < match.Cookies.Length; i++)
        {
            CookieCondition cookie = match.Cookies[i];
            if (cookie.Type == "RegularExpression" && RuleText.CheckPattern(cookie.Value!) is Problem problem)
            {
                return problem with { Reason = Reasons.InvalidExtension, Field = $"spec.cookies[{i}].value" };
            }
        }

        return null;
    }

    /// <summary>Of a match that <see cref="Check"/> found nothing wrong with.</summary>
    public static MatchConditions Of(HttpMatchObject match) => new(
        [.. match.SourceRanges.Select(r => CidrText.Canonical(r)!).Distinct().Order(StringComparer.Ordinal)],
        [.. match.Cookies.Select(c => new CookieMatch(c.Name, TypeOf(c.Type), c.Value ?? ""))],
        [.. match.Headers.Select(h => new HeaderPresence(h.Name.ToLowerInvariant(), h.Type == "Present")).Distinct()]);

    private static CookieMatchType TypeOf(string type) => type switch
    {
        "Exact" => CookieMatchType.Exact,
        "RegularExpression" => CookieMatchType.RegularExpression,
        "Present" => CookieMatchType.Present,
        _ => CookieMatchType.Absent,
    };
}
