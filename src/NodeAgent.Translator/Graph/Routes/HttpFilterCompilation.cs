using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>The filters of a rule or of a backendRef, each kind at most once but mirrors and extensions.</summary>
internal static class HttpFilterCompilation
{
    private static readonly string[] Repeatable = ["RequestMirror", "ExtensionRef"];

    /// <param name="backends">Those of the rule.</param>
    public static CompiledFilters OfRule(
        ImmutableArray<HttpRouteFilter> list, ImmutableArray<HttpMatch> matches, ImmutableArray<BackendRef> backends, RulePlace place, ObjectIndex index)
    {
        CompiledFilters compiled = Compile(list, matches, place, index);
        if (compiled is { Dropped: null, Filters: { Redirect: not null } filters } && (filters.Rewrite is not null || !backends.IsEmpty))
        {
            string other = filters.Rewrite is not null ? "URLRewrite" : "backendRefs";
            return Drop(compiled, new Problem(Reasons.IncompatibleFilters, $"RequestRedirect and {other} exclude each other"), $"{place}.filters");
        }

        return compiled;
    }

    /// <param name="rule">The filters of the rule it stands in.</param>
    public static CompiledFilters OfBackend(
        ImmutableArray<HttpRouteFilter> list, ImmutableArray<HttpMatch> matches, CompiledFilters rule, RulePlace place, ObjectIndex index)
    {
        if (list.IsEmpty)
        {
            return CompiledFilters.None;
        }

        CompiledFilters compiled = Compile(list, matches, place, index);
        if (compiled.Dropped is not null)
        {
            return compiled;
        }

        return Check(list, compiled.Filters, rule.Filters, index) is Problem problem ? Drop(compiled, problem, $"{place}.filters") : compiled;
    }

    private static Problem? Check(ImmutableArray<HttpRouteFilter> list, HttpFilters own, HttpFilters rule, ObjectIndex index)
    {
        if (list.FirstOrDefault(f => f.Type is "CORS" or "ExternalAuth") is HttpRouteFilter ofRule)
        {
            // Both decide before a backend is chosen.
            return new Problem(Reasons.UnsupportedValue, $"filter {ofRule.Type} is not served in a backendRef") { Mend = "move it to the rule" };
        }

        if ((own.Redirect is not null || own.Rewrite is not null) && !index.Serves(DataPlaneFeatures.BackendRedirectAndRewrite))
        {
            return new Problem(Reasons.UnsupportedValue, "a backendRef can have header modifiers and mirrors only") { Mend = "move it to the rule" };
        }

        return (own, rule) switch
        {
            ({ Redirect: not null }, { Rewrite: not null }) or ({ Redirect: not null, Rewrite: not null }, _) =>
                new Problem(Reasons.IncompatibleFilters, "RequestRedirect and URLRewrite exclude each other"),
            ({ Rewrite.Path: not null }, { Rewrite.Path: not null }) =>
                new Problem(Reasons.IncompatibleFilters, "the rule and its backendRef both rewrite the path"),
            _ => null,
        };
    }

    private static CompiledFilters Compile(ImmutableArray<HttpRouteFilter> list, ImmutableArray<HttpMatch> matches, RulePlace place, ObjectIndex index)
    {
        if (list.IsEmpty)
        {
            return CompiledFilters.None;
        }

        var compiled = new CompiledFilters(list, new HttpFilters());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < list.Length; i++)
        {
            HttpRouteFilter filter = list[i];
            Problem? problem = !seen.Add(filter.Type) && !Repeatable.Contains(filter.Type)
                ? new Problem(Reasons.IncompatibleFilters, $"filter {filter.Type} stands more than once")
                : Compile(filter, matches, index, ref compiled);
            if (problem is not null)
            {
                return Drop(compiled, problem, $"{place}.filters[{i}]");
            }
        }

        return compiled;
    }

    private static Problem? Compile(HttpRouteFilter filter, ImmutableArray<HttpMatch> matches, ObjectIndex index, ref CompiledFilters compiled)
    {
        HttpFilters filters = compiled.Filters;
        Problem? problem;
        switch (filter)
        {
            case { Type: "RequestHeaderModifier", RequestHeaderModifier: HeaderModifier headers }:
                problem = HeaderFilters.Check(headers);
                filters = filters with { RequestHeaders = HeaderFilters.Edits(headers) };
                break;
            case { Type: "ResponseHeaderModifier", ResponseHeaderModifier: HeaderModifier headers }:
                problem = HeaderFilters.Check(headers);
                filters = filters with { ResponseHeaders = HeaderFilters.Edits(headers) };
                break;
            case { Type: "RequestRedirect", RequestRedirect: RequestRedirect redirect }:
                problem = Check(redirect) ?? Check(redirect.Path, matches);
                filters = filters with { Redirect = Redirect(redirect) };
                break;
            case { Type: "URLRewrite", UrlRewrite: UrlRewrite rewrite }:
                problem = Check(rewrite.Path, matches);
                filters = filters with { Rewrite = new RewriteFilter(NullIfEmpty(rewrite.Hostname), Edit(rewrite.Path)) };
                break;
            case { Type: "CORS", Cors: Cors cors }:
                problem = Unless(DataPlaneFeatures.Cors, filter, index) ?? CorsFilters.Check(cors);
                filters = problem is null ? filters with { Cors = CorsFilters.Of(cors) } : filters;
                break;
            case { Type: "ExternalAuth", ExternalAuth: ExternalAuth auth }:
                problem = Unless(DataPlaneFeatures.ExternalAuth, filter, index) ?? ExternalAuthFilters.Check(auth);
                compiled = problem is null ? compiled with { Auth = ExternalAuthFilters.Of(auth) } : compiled;
                break;
            case { Type: "RequestMirror", RequestMirror: not null }:
                problem = Unless(DataPlaneFeatures.Mirror, filter, index);
                break;
            case { Type: "ExtensionRef", ExtensionRef: not null }:
                problem = null;
                break;
            default:
                problem = new Problem(Reasons.UnsupportedValue, $"filter {filter.Type} is not served");
                break;
        }

        compiled = compiled with { Filters = filters };
        return problem;
    }

    private static Problem? Unless(DataPlaneFeatures feature, HttpRouteFilter filter, ObjectIndex index) =>
        index.Serves(feature) ? null : new Problem(Reasons.UnsupportedValue, $"filter {filter.Type} is not served");

    private static Problem? Check(RequestRedirect redirect)
    {
        if (redirect.StatusCode is not (301 or 302 or 303 or 307 or 308))
        {
            return new Problem(Reasons.UnsupportedValue, $"status code {redirect.StatusCode} is not 301, 302, 303, 307 or 308");
        }

        return NullIfEmpty(redirect.Scheme) is null or "http" or "https"
            ? null
            : new Problem(Reasons.UnsupportedValue, $"redirect scheme {redirect.Scheme} is not http or https");
    }

    private static Problem? Check(PathModifier? path, ImmutableArray<HttpMatch> matches) => path?.Type switch
    {
        null or "ReplaceFullPath" => null,
        "ReplacePrefixMatch" => matches.All(m => m.Path.Type == PathMatchType.Prefix)
            ? null
            : new Problem(Reasons.UnsupportedValue, "ReplacePrefixMatch needs matches of type PathPrefix"),
        _ => new Problem(Reasons.UnsupportedValue, $"path modifier {path.Type} is not ReplaceFullPath or ReplacePrefixMatch"),
    };

    private static RedirectFilter Redirect(RequestRedirect redirect) => new(
        NullIfEmpty(redirect.Scheme), NullIfEmpty(redirect.Hostname), Edit(redirect.Path), redirect.Port, redirect.StatusCode);

    private static PathEdit? Edit(PathModifier? path) => path is null
        ? null
        : new PathEdit(path.Type == "ReplaceFullPath" ? PathEditType.ReplaceFull : PathEditType.ReplacePrefix, path.Value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static CompiledFilters Drop(CompiledFilters compiled, Problem problem, string field) =>
        compiled with { Dropped = problem with { Field = problem.Field ?? field } };
}
