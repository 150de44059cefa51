using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class HttpFilterDecoder
{
    /// <summary>Filter types and the field that each of them needs and alone may have.</summary>
    private static readonly ImmutableArray<(string Type, string Field)> Types =
    [
        ("RequestHeaderModifier", "requestHeaderModifier"),
        ("ResponseHeaderModifier", "responseHeaderModifier"),
        ("RequestMirror", "requestMirror"),
        ("RequestRedirect", "requestRedirect"),
        ("URLRewrite", "urlRewrite"),
        ("ExtensionRef", "extensionRef"),
        ("CORS", "cors"),
        ("ExternalAuth", "externalAuth"),
    ];

    /// <summary>What GRPCRoute has of them.</summary>
    private static readonly ImmutableArray<(string Type, string Field)> GrpcTypes =
        [.. Types.Where(t => t.Type is "RequestHeaderModifier" or "ResponseHeaderModifier" or "RequestMirror" or "ExtensionRef")];

    private static readonly string[] Repeatable = ["RequestMirror", "ExtensionRef", "ExternalAuth"];

    private static readonly int[] RedirectCodes = [301, 302, 303, 307, 308];

    /// <summary>The filters of a rule or of a backendRef.</summary>
    public static ImmutableArray<HttpRouteFilter> ReadAll(FieldReader owner) => Read(owner, Filter);

    /// <summary>The same of a GRPCRoute.</summary>
    public static ImmutableArray<HttpRouteFilter> ReadGrpc(FieldReader owner) => Read(owner, GrpcFilter);

    private static ImmutableArray<HttpRouteFilter> Read(FieldReader owner, Func<FieldReader, HttpRouteFilter> read)
    {
        ImmutableArray<HttpRouteFilter> filters = owner.List("filters", 0, 16, read);
        if (!owner.Clean)
        {
            return filters;
        }

        string path = FieldPath.Child(owner.Path, "filters");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < filters.Length; i++)
        {
            if (!seen.Add(filters[i].Type) && !Repeatable.Contains(filters[i].Type))
            {
                owner.ReportAt(FieldPath.Item(path, i), $"is a second {filters[i].Type}", "one of a type is allowed");
            }
        }

        if (seen.Contains("RequestRedirect") && seen.Contains("URLRewrite"))
        {
            owner.ReportAt(path, "has RequestRedirect and URLRewrite", "only one of the two is allowed");
        }

        return filters;
    }

    private static HttpRouteFilter Filter(FieldReader filter)
    {
        HttpRouteFilter result = Common(filter, Types) with
        {
            RequestRedirect = filter.Object("requestRedirect", Redirect),
            UrlRewrite = filter.Object("urlRewrite", rewrite => new UrlRewrite(
                rewrite.OptionalText("hostname", TextRules.PreciseHostname),
                rewrite.Object("path", Path))),
            Cors = filter.Object("cors", CorsDecoder.Read),
            ExternalAuth = filter.Object("externalAuth", ExternalAuthDecoder.Read),
        };
        CheckType(filter, result.Type, Types);
        return result;
    }

    private static HttpRouteFilter GrpcFilter(FieldReader filter)
    {
        HttpRouteFilter result = Common(filter, GrpcTypes);
        CheckType(filter, result.Type, GrpcTypes);
        return result;
    }

    private static HttpRouteFilter Common(FieldReader filter, ImmutableArray<(string Type, string Field)> types) =>
        new(filter.Choice("type", null, [.. types.Select(t => t.Type)]))
        {
            RequestHeaderModifier = filter.Object("requestHeaderModifier", Headers),
            ResponseHeaderModifier = filter.Object("responseHeaderModifier", Headers),
            RequestMirror = filter.Object("requestMirror", MirrorDecoder.Read),
            ExtensionRef = filter.Object("extensionRef", ReferenceDecoder.Local),
        };

    private static void CheckType(FieldReader filter, string type, ImmutableArray<(string Type, string Field)> types)
    {
        foreach ((string other, string field) in types)
        {
            bool has = filter.Has(field);
            if (has && type.Length > 0 && other != type)
            {
                filter.Report(field, $"is set in a filter of type {type}", $"it is only allowed with type {other}");
            }
            else if (!has && other == type)
            {
                filter.Report(field, "is missing", $"a filter of type {type} needs it");
            }
        }
    }

    private static HeaderModifier Headers(FieldReader modifier)
    {
        var result = new HeaderModifier(
            modifier.List("set", 0, 16, NameValueOf),
            modifier.List("add", 0, 16, NameValueOf),
            modifier.Texts("remove", 0, 16, TextRules.Any));
        if (modifier.Clean)
        {
            modifier.CheckUnique("set", [.. result.Set.Select(h => h.Name)], ".name");
            modifier.CheckUnique("add", [.. result.Add.Select(h => h.Name)], ".name");
            modifier.CheckUnique("remove", result.Remove);
        }

        return result;
    }

    private static NameValue NameValueOf(FieldReader header) =>
        new(header.Text("name", TextRules.HeaderName), header.Text("value", TextRules.HeaderValue));

    private static RequestRedirect Redirect(FieldReader redirect)
    {
        int status = redirect.OptionalInt("statusCode", 0, int.MaxValue) ?? 302;
        if (!RedirectCodes.Contains(status))
        {
            redirect.Report("statusCode", $"is the number {status}", $"must be one of {string.Join(", ", RedirectCodes)}");
        }

        return new RequestRedirect(
            redirect.Has("scheme") ? redirect.Choice("scheme", null, "http", "https") : null,
            redirect.OptionalText("hostname", TextRules.PreciseHostname),
            redirect.Object("path", Path),
            redirect.OptionalInt("port", 1, 65535),
            status);
    }

    private static PathModifier Path(FieldReader path)
    {
        string type = path.Choice("type", null, "ReplaceFullPath", "ReplacePrefixMatch");
        string? full = path.OptionalText("replaceFullPath", TextRules.PathText);
        string? prefix = path.OptionalText("replacePrefixMatch", TextRules.PathText);
        (string field, string? value, string otherField, string? other) = type == "ReplaceFullPath"
            ? ("replaceFullPath", full, "replacePrefixMatch", prefix)
            : ("replacePrefixMatch", prefix, "replaceFullPath", full);
        if (path.Clean && value is null)
        {
            path.Report(field, "is missing", $"type {type} needs it");
        }

        if (path.Clean && other is not null)
        {
            path.Report(otherField, $"is set with type {type}", $"only {field} is allowed then");
        }

        return new PathModifier(type, value ?? "");
    }
}
