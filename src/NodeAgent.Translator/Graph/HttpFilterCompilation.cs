using System.Buffers;
using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <param name="Filters">Null when there are none.</param>
/// <param name="Dropped">The rule cannot be served as written.</param>
/// <param name="Unresolved">An extension that does not exist: what it stands on must answer 500, never go on without it.</param>
internal sealed record CompiledFilters(HttpFilters? Filters, Problem? Dropped = null, Problem? Unresolved = null);

/// <summary>The filters of a rule or of a backendRef, each kind at most once.</summary>
internal static class HttpFilterCompilation
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Set or removed by us alone: a filter on them would change where a message ends.</summary>
    private static readonly HashSet<string> FramingHeaders = new(
        ["connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
        StringComparer.OrdinalIgnoreCase);

    public static CompiledFilters OfRule(HttpRouteRule rule)
    {
        CompiledFilters compiled = Compile(rule.Filters);
        if (compiled.Filters is not HttpFilters filters || compiled.Dropped is not null)
        {
            return compiled;
        }

        if (filters.Redirect is not null && (filters.Rewrite is not null || !rule.BackendRefs.IsEmpty))
        {
            string other = filters.Rewrite is not null ? "URLRewrite" : "backendRefs";
            return Drop(Reasons.IncompatibleFilters, $"RequestRedirect and {other} exclude each other");
        }

        PathEdit? edit = filters.Redirect?.Path ?? filters.Rewrite?.Path;
        return edit is { Type: PathEditType.ReplacePrefix } && rule.Matches.Any(m => m.PathType != "PathPrefix")
            ? Drop(Reasons.UnsupportedValue, "ReplacePrefixMatch needs matches of type PathPrefix")
            : compiled;
    }

    public static CompiledFilters OfBackend(ImmutableArray<HttpRouteFilter> list)
    {
        CompiledFilters compiled = Compile(list);
        return compiled.Filters is { Redirect: not null } or { Rewrite: not null }
            ? Drop(Reasons.UnsupportedValue, "a backendRef can have header modifiers only")
            : compiled;
    }

    private static CompiledFilters Compile(ImmutableArray<HttpRouteFilter> list)
    {
        var filters = new HttpFilters();
        Problem? unresolved = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (HttpRouteFilter filter in list)
        {
            if (filter.Type == "ExtensionRef")
            {
                unresolved ??= new Problem(
                    Reasons.InvalidKind, $"ExtensionRef {filter.ExtensionRef?.Kind} {filter.ExtensionRef?.Name}: no kind of extension is served");
                continue;
            }

            if (!seen.Add(filter.Type))
            {
                return Drop(Reasons.IncompatibleFilters, $"filter {filter.Type} stands more than once");
            }

            Problem? problem = null;
            switch (filter)
            {
                case { Type: "RequestHeaderModifier", RequestHeaderModifier: HeaderModifier headers }:
                    problem = Check(headers);
                    filters = filters with { RequestHeaders = Edits(headers) };
                    break;
                case { Type: "ResponseHeaderModifier", ResponseHeaderModifier: HeaderModifier headers }:
                    problem = Check(headers);
                    filters = filters with { ResponseHeaders = Edits(headers) };
                    break;
                case { Type: "RequestRedirect", RequestRedirect: RequestRedirect redirect }:
                    problem = Check(redirect);
                    filters = filters with { Redirect = Redirect(redirect) };
                    break;
                case { Type: "URLRewrite", UrlRewrite: UrlRewrite rewrite }:
                    problem = Check(rewrite.Path);
                    filters = filters with { Rewrite = new RewriteFilter(NullIfEmpty(rewrite.Hostname), Edit(rewrite.Path)) };
                    break;
                default:
                    problem = new Problem(Reasons.UnsupportedValue, $"filter {filter.Type} is not served");
                    break;
            }

            if (problem is not null)
            {
                return new CompiledFilters(null, Dropped: problem);
            }
        }

        return new CompiledFilters(filters == new HttpFilters() ? null : filters, Unresolved: unresolved);
    }

    private static Problem? Check(HeaderModifier headers)
    {
        foreach (string name in headers.Set.Concat(headers.Add).Select(h => h.Name).Concat(headers.Remove))
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenChars))
            {
                return new Problem(Reasons.UnsupportedValue, $"\"{name}\" is no header name");
            }

            if (FramingHeaders.Contains(name))
            {
                return new Problem(Reasons.UnsupportedValue, $"header {name} cannot be modified");
            }
        }

        NameValue? bad = headers.Set.Concat(headers.Add).FirstOrDefault(h => h.Value.Any(c => char.IsControl(c) && c != '\t'));
        return bad is null ? null : new Problem(Reasons.UnsupportedValue, $"the value for header {bad.Name} has control characters");
    }

    private static Problem? Check(RequestRedirect redirect)
    {
        if (redirect.StatusCode is not (301 or 302 or 303 or 307 or 308))
        {
            return new Problem(Reasons.UnsupportedValue, $"status code {redirect.StatusCode} is not 301, 302, 303, 307 or 308");
        }

        if (NullIfEmpty(redirect.Scheme) is not (null or "http" or "https"))
        {
            return new Problem(Reasons.UnsupportedValue, $"redirect scheme {redirect.Scheme} is not http or https");
        }

        return Check(redirect.Path);
    }

    private static Problem? Check(PathModifier? path) => path?.Type is null or "ReplaceFullPath" or "ReplacePrefixMatch"
        ? null
        : new Problem(Reasons.UnsupportedValue, $"path modifier {path.Type} is not ReplaceFullPath or ReplacePrefixMatch");

    private static HeaderEdits Edits(HeaderModifier headers) => new(
        FirstOfEach(headers.Set),
        FirstOfEach(headers.Add),
        [.. headers.Remove.DistinctBy(n => n, StringComparer.OrdinalIgnoreCase)]);

    private static ImmutableArray<HeaderValue> FirstOfEach(ImmutableArray<NameValue> headers) =>
        [.. headers.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new HeaderValue(h.Name, h.Value))];

    private static RedirectFilter Redirect(RequestRedirect redirect) => new(
        NullIfEmpty(redirect.Scheme), NullIfEmpty(redirect.Hostname), Edit(redirect.Path), redirect.Port, redirect.StatusCode);

    private static PathEdit? Edit(PathModifier? path) => path is null
        ? null
        : new PathEdit(path.Type == "ReplaceFullPath" ? PathEditType.ReplaceFull : PathEditType.ReplacePrefix, path.Value);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static CompiledFilters Drop(string reason, string message) => new(null, Dropped: new Problem(reason, message));
}
