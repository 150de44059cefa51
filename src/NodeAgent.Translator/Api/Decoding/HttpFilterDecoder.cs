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

    private static readonly string[] TypeNames = [.. Types.Select(t => t.Type)];

    private static readonly string[] Repeatable = ["RequestMirror", "ExtensionRef", "ExternalAuth"];

    private static readonly int[] RedirectCodes = [301, 302, 303, 307, 308];

    /// <summary>The filters of a rule or of a backendRef.</summary>
    public static ImmutableArray<HttpRouteFilter> ReadAll(FieldReader owner)
    {
        ImmutableArray<HttpRouteFilter> filters = owner.List("filters", 0, 16, Filter);
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

    /// <param name="suffix">Leads from an item to what must be unique.</param>
    public static void CheckUnique(FieldReader owner, string field, ImmutableArray<string> names, string suffix)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (!seen.Add(names[i]))
            {
                string path = FieldPath.Item(FieldPath.Child(owner.Path, field), i) + suffix;
                owner.ReportAt(path, $"is {FieldReader.Quote(names[i])} a second time", $"must be unique in {field}");
            }
        }
    }

    private static HttpRouteFilter Filter(FieldReader filter)
    {
        string type = filter.Choice("type", null, TypeNames);
        var result = new HttpRouteFilter(type)
        {
            RequestHeaderModifier = filter.Object("requestHeaderModifier", Headers),
            ResponseHeaderModifier = filter.Object("responseHeaderModifier", Headers),
            RequestRedirect = filter.Object("requestRedirect", Redirect),
            UrlRewrite = filter.Object("urlRewrite", rewrite => new UrlRewrite(
                rewrite.OptionalText("hostname", TextRules.PreciseHostname),
                rewrite.Object("path", Path))),
            ExtensionRef = filter.Object("extensionRef", ReferenceDecoder.Local),
        };
        filter.Check("requestMirror", Mirror);
        filter.Check("cors", Cors);
        filter.Check("externalAuth", ExternalAuth);
        foreach ((string other, string field) in Types)
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

        return result;
    }

    private static HeaderModifier Headers(FieldReader modifier)
    {
        var result = new HeaderModifier(
            modifier.List("set", 0, 16, NameValueOf),
            modifier.List("add", 0, 16, NameValueOf),
            modifier.Texts("remove", 0, 16, TextRules.Any));
        if (modifier.Clean)
        {
            CheckUnique(modifier, "set", [.. result.Set.Select(h => h.Name)], ".name");
            CheckUnique(modifier, "add", [.. result.Add.Select(h => h.Name)], ".name");
            CheckUnique(modifier, "remove", result.Remove, "");
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

    private static void Mirror(FieldReader mirror)
    {
        mirror.RequiredObject("backendRef", reference => ReferenceDecoder.Backend(reference, out _));
        mirror.OptionalInt("percent", 0, 100);
        mirror.Check("fraction", fraction =>
        {
            fraction.Int("numerator", 0, int.MaxValue);
            fraction.OptionalInt("denominator", 1, int.MaxValue);
        });
        if (mirror.Has("percent") && mirror.Has("fraction"))
        {
            mirror.Report("fraction", "is set beside percent", "only one of the two is allowed");
        }
    }

    private static void Cors(FieldReader cors)
    {
        cors.OptionalFlag("allowCredentials");
        cors.OptionalInt("maxAge", 1, int.MaxValue);
        cors.Texts("allowOrigins", 0, 64, TextRules.Any);
        cors.Texts("allowMethods", 0, 9, TextRules.Any);
        cors.Texts("allowHeaders", 0, 64, TextRules.HeaderName);
        cors.Texts("exposeHeaders", 0, 64, TextRules.HeaderName);
    }

    private static void ExternalAuth(FieldReader auth)
    {
        auth.Choice("protocol", null, "HTTP", "GRPC");
        auth.RequiredObject("backendRef", reference => ReferenceDecoder.Backend(reference, out _));
        auth.Know("grpc", "http", "forwardBody");
    }
}
