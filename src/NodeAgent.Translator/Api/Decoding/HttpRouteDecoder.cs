using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class HttpRouteDecoder
{
    private const int MaxRules = 16;
    private const int MaxMatches = 64;

    /// <summary>Over all rules of a route.</summary>
    private const int MaxMatchesInAll = 128;

    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    private static readonly HttpRouteMatch Everything = new("PathPrefix", "/", [], [], null);

    public static HttpRoute Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta)) ?? new HttpRoute(meta, [], [], []);

    private static HttpRoute Spec(FieldReader spec, ObjectMeta meta)
    {
        ImmutableArray<ParentRef> parents = RouteDecoder.Parents(spec);
        ImmutableArray<string> hostnames = spec.Texts("hostnames", 0, 16, TextRules.Hostname);
        ImmutableArray<HttpRouteRule> rules = spec.Has("rules")
            ? spec.List("rules", 1, MaxRules, Rule)
            : [new HttpRouteRule(null, [Everything], [], [])];
        if (spec.Clean)
        {
            CheckAcrossRules(spec, rules);
        }

        return new HttpRoute(meta, parents, hostnames, rules);
    }

    private static void CheckAcrossRules(FieldReader spec, ImmutableArray<HttpRouteRule> rules)
    {
        string path = FieldPath.Child(spec.Path, "rules");
        int matches = rules.Sum(rule => rule.Matches.Length);
        if (matches > MaxMatchesInAll)
        {
            spec.ReportAt(path, $"has {matches} matches in all", $"at most {MaxMatchesInAll} are allowed in a route");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < rules.Length; i++)
        {
            if (rules[i].Name is string name && !names.Add(name))
            {
                spec.ReportAt($"{FieldPath.Item(path, i)}.name", $"is \"{name}\" a second time", "names of rules must be unique in a route");
            }
        }
    }

    private static HttpRouteRule Rule(FieldReader rule)
    {
        string? name = rule.OptionalText("name", TextRules.SectionName);
        ImmutableArray<HttpRouteMatch> matches = rule.List("matches", 0, MaxMatches, Match);
        ImmutableArray<HttpRouteFilter> filters = HttpFilterDecoder.ReadAll(rule);
        ImmutableArray<BackendRef> backends = rule.List("backendRefs", 0, 16, reference =>
            RouteDecoder.Backend(reference) with { Filters = HttpFilterDecoder.ReadAll(reference) });
        UnservedRuleFields(rule);
        var result = new HttpRouteRule(name, matches.IsEmpty ? [Everything] : matches, filters, backends);
        if (rule.Clean)
        {
            CheckFilters(rule, result);
        }

        return result;
    }

    private static void CheckFilters(FieldReader rule, HttpRouteRule result)
    {
        string filters = FieldPath.Child(rule.Path, "filters");
        for (int i = 0; i < result.Filters.Length; i++)
        {
            if (result.Filters[i].RequestRedirect is not null && !result.BackendRefs.IsEmpty)
            {
                rule.ReportAt(FieldPath.Item(filters, i), "is a RequestRedirect in a rule with backendRefs", "only one of the two is allowed");
            }
        }

        CheckPrefixReplacement(rule, result, result.Filters, filters);
        for (int i = 0; i < result.BackendRefs.Length; i++)
        {
            string backend = FieldPath.Item(FieldPath.Child(rule.Path, "backendRefs"), i);
            CheckPrefixReplacement(rule, result, result.BackendRefs[i].Filters, FieldPath.Child(backend, "filters"));
        }
    }

    private static void CheckPrefixReplacement(
        FieldReader rule, HttpRouteRule result, ImmutableArray<HttpRouteFilter> filters, string path)
    {
        bool onePrefix = result.Matches.Length == 1 && result.Matches[0].PathType == "PathPrefix";
        for (int i = 0; i < filters.Length && !onePrefix; i++)
        {
            PathModifier? modifier = filters[i].RequestRedirect?.Path ?? filters[i].UrlRewrite?.Path;
            if (modifier?.Type == "ReplacePrefixMatch")
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
            NamedMatches(match, "headers", TextRules.HeaderValue),
            NamedMatches(match, "queryParams", TextRules.QueryValue),
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

    private static ImmutableArray<NamedMatch> NamedMatches(FieldReader match, string field, TextRule value)
    {
        ImmutableArray<NamedMatch> matches = match.List(field, 0, 16, item => new NamedMatch(
            item.Choice("type", "Exact", "Exact", "RegularExpression"),
            item.Text("name", TextRules.HeaderName),
            item.Text("value", value)));
        if (match.Clean)
        {
            HttpFilterDecoder.CheckUnique(match, field, [.. matches.Select(m => m.Name)], ".name");
        }

        return matches;
    }

    /// <summary>Fields of the API that are checked but not served yet.</summary>
    private static void UnservedRuleFields(FieldReader rule)
    {
        rule.Check("timeouts", timeouts =>
        {
            timeouts.OptionalText("request", TextRules.Duration);
            timeouts.OptionalText("backendRequest", TextRules.Duration);
        });
        rule.Check("retry", retry =>
        {
            retry.OptionalInt("attempts", 1, int.MaxValue);
            retry.OptionalText("backoff", TextRules.Duration);
            retry.Know("codes");
        });
        rule.Check("sessionPersistence", session =>
        {
            session.OptionalText("sessionName", new TextRule(0, 128, null, "text of at most 128 characters"));
            session.OptionalText("absoluteTimeout", TextRules.Duration);
            session.OptionalText("idleTimeout", TextRules.Duration);
            session.Choice("type", "Cookie", "Cookie", "Header");
            session.Check("cookieConfig", cookie => cookie.Choice("lifetimeType", "Session", "Permanent", "Session"));
        });
    }
}
