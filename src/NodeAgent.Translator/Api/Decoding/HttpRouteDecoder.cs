using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class HttpRouteDecoder
{
    public static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    private static readonly HttpRouteMatch Everything = new("PathPrefix", "/", [], [], null);

    public static HttpRoute Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta)) ?? new HttpRoute(meta, [], [], []);

    private static HttpRoute Spec(FieldReader spec, ObjectMeta meta)
    {
        ImmutableArray<ParentRef> parents = RouteDecoder.Parents(spec);
        bool defaults = RouteDecoder.UsesDefaultGateways(spec);
        ImmutableArray<string> hostnames = spec.Texts("hostnames", 0, 16, TextRules.Hostname);
        ImmutableArray<HttpRouteRule> rules = spec.Has("rules")
            ? spec.List("rules", 1, RouteDecoder.MaxRules, Rule)
            : [new HttpRouteRule(null, [Everything], [], [])];
        if (spec.Clean)
        {
            RouteDecoder.CheckMatchCount(spec, rules.Sum(rule => rule.Matches.Length));
            RouteDecoder.CheckRuleNames(spec, [.. rules.Select(r => r.Name)]);
        }

        return new HttpRoute(meta, parents, hostnames, rules) { UseDefaultGateways = defaults };
    }

    private static HttpRouteRule Rule(FieldReader rule)
    {
        string? name = rule.OptionalText("name", TextRules.SectionName);
        ImmutableArray<HttpRouteMatch> matches = rule.List("matches", 0, RouteDecoder.MaxMatches, Match);
        ImmutableArray<HttpRouteFilter> filters = HttpFilterDecoder.ReadAll(rule);
        ImmutableArray<BackendRef> backends = rule.List("backendRefs", 0, 16, reference =>
            RouteDecoder.Backend(reference) with { Filters = HttpFilterDecoder.ReadAll(reference) });
        var result = new HttpRouteRule(name, matches.IsEmpty ? [Everything] : matches, filters, backends)
        {
            Timeouts = rule.Object("timeouts", RuleSettingsDecoder.Timeouts),
            Retry = rule.Object("retry", RuleSettingsDecoder.Retry),
            SessionPersistence = rule.Object("sessionPersistence", RuleSettingsDecoder.SessionPersistence),
        };
        if (rule.Clean)
        {
            CheckFilters(rule, result, matchesGiven: rule.Has("matches"), matches.Length);
        }

        return result;
    }

    private static void CheckFilters(FieldReader rule, HttpRouteRule result, bool matchesGiven, int matches)
    {
        string filters = FieldPath.Child(rule.Path, "filters");
        for (int i = 0; i < result.Filters.Length; i++)
        {
            if (result.Filters[i].RequestRedirect is not null && !result.BackendRefs.IsEmpty)
            {
                rule.ReportAt(FieldPath.Item(filters, i), "is a RequestRedirect in a rule with backendRefs", "only one of the two is allowed");
            }
        }

        // An empty list of matches is not the same as none: only for none the CRD sets its default.
        if ((!matchesGiven || matches == 1) && result.Matches[0].PathType == "PathPrefix")
        {
            return;
        }

        CheckPrefixReplacement(rule, result.Filters, filters);

        // The CRD asks only when exactly one backendRef has such a filter; several are left to the translation.
        int[] replacing = [.. Enumerable.Range(0, result.BackendRefs.Length).Where(i => result.BackendRefs[i].Filters.Any(ReplacesPrefix))];
        if (replacing.Length == 1)
        {
            string backend = FieldPath.Item(FieldPath.Child(rule.Path, "backendRefs"), replacing[0]);
            CheckPrefixReplacement(rule, result.BackendRefs[replacing[0]].Filters, FieldPath.Child(backend, "filters"));
        }
    }

    private static bool ReplacesPrefix(HttpRouteFilter filter) =>
        (filter.RequestRedirect?.Path ?? filter.UrlRewrite?.Path)?.Type == "ReplacePrefixMatch";

    private static void CheckPrefixReplacement(FieldReader rule, ImmutableArray<HttpRouteFilter> filters, string path)
    {
        for (int i = 0; i < filters.Length; i++)
        {
            if (ReplacesPrefix(filters[i]))
            {
                string part = filters[i].UrlRewrite is null ? "requestRedirect" : "urlRewrite";
                rule.ReportAt(
                    $"{FieldPath.Item(path, i)}.{part}.path.type",
                    "is ReplacePrefixMatch",
                    "the rule must then have exactly one match, with a PathPrefix");
            }
        }
    }

    private static HttpRouteMatch Match(FieldReader match)
    {
        (string type, string value) = (Everything.PathType, Everything.PathValue);
        match.Check("path", path =>
        {
            type = path.Choice("type", "PathPrefix", "Exact", "PathPrefix", "RegularExpression");
            value = path.OptionalText("value", TextRules.PathText) ?? "/";
            if (path.Clean && type != "RegularExpression")
            {
                CheckPath(path, value);
            }
        });
        return new HttpRouteMatch(
            type,
            value,
            RouteDecoder.NamedMatches(match, "headers", TextRules.HeaderValue),
            RouteDecoder.NamedMatches(match, "queryParams", TextRules.QueryValue),
            match.Has("method") ? match.Choice("method", null, Methods) : null);
    }

    private static void CheckPath(FieldReader path, string value)
    {
        string? allowed = value switch
        {
            _ when !value.StartsWith('/') => "must begin with '/'",
            _ when value.Contains("//", StringComparison.Ordinal) => "must not contain '//'",
            _ when value.Contains("/./", StringComparison.Ordinal) || value.EndsWith("/.", StringComparison.Ordinal) =>
                "must not contain the segment '.'",
            _ when value.Contains("/../", StringComparison.Ordinal) || value.EndsWith("/..", StringComparison.Ordinal) =>
                "must not contain the segment '..'",
            _ when value.Contains("%2f", StringComparison.OrdinalIgnoreCase) => "must not contain an escaped '/'",
            _ when !TextRules.PathCharacters().IsMatch(value) =>
                "must only have letters, digits, -/._~!$&'()*+,;=:@ and %XX",
            _ => null,
        };
        if (allowed is not null)
        {
            path.Report("value", $"is {FieldReader.Quote(value)}", allowed);
        }
    }
}
