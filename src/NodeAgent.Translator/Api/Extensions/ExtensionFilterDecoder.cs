using System.Collections.Immutable;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>HTTPFilter as deploy/crds/nodeagent.dev_httpfilters.yaml has it.</summary>
internal static class ExtensionFilterDecoder
{
    private const int Million = 1_000_000;

    private const long MaxBody = 1L << 40;

    private static readonly ImmutableArray<string> DefaultCodings = ["br", "gzip"];

    private static readonly ImmutableArray<string> DefaultTypes =
        ["text/*", "application/javascript", "application/json", "application/xml", "image/svg+xml"];

    private static readonly string[] Members = ["rateLimit", "directResponse", "ipAccess", "basicAuth", "requestSizeLimit", "compression"];

    public static HttpFilter Read(FieldReader document, ObjectMeta meta) => document.RequiredObject("spec", spec =>
    {
        var filter = new HttpFilter(meta)
        {
            RateLimit = spec.Object("rateLimit", RateLimit),
            DirectResponse = spec.Object("directResponse", DirectResponse),
            IpAccess = spec.Object("ipAccess", IpAccess),
            BasicAuth = spec.Object("basicAuth", BasicAuth),
            MaxRequestBytes = spec.Object("requestSizeLimit", SizeLimit)?.Bytes,
            Compression = spec.Object("compression", Compression),
        };
        spec.ExactlyOne(Members);
        return filter;
    }) ?? new HttpFilter(meta);

    /// <summary>Says so when not exactly one of the fields is there.</summary>
    public static void ExactlyOne(this FieldReader reader, params ReadOnlySpan<string> fields)
    {
        int set = 0;
        foreach (string field in fields)
        {
            set += reader.Has(field) ? 1 : 0;
        }

        if (reader.Clean && set != 1)
        {
            reader.ReportAt(reader.Path, $"has {set} of {string.Join(", ", fields)}", "must have exactly one");
        }
    }

    private static RateLimitSpec RateLimit(FieldReader limit) => new(
        limit.Int("requests", 1, Million),
        limit.Choice("unit", "Second", "Second", "Minute", "Hour"),
        limit.OptionalInt("burst", 1, Million),
        limit.Object("key", RateLimitKey),
        limit.OptionalInt("maxKeys", 100, Million) ?? 16_384);

    private static RateLimitKeySpec RateLimitKey(FieldReader key)
    {
        var result = new RateLimitKeySpec(key.Choice("type", null, "ClientIP", "Header"), key.OptionalText("header", TextRules.HeaderName));
        if (key.Clean && (result.Type == "Header") != (result.Header is not null))
        {
            key.Report("header", result.Header is null ? "is missing" : "is set", "type Header needs it, and no other type takes it");
        }

        return result;
    }

    private static DirectResponseSpec DirectResponse(FieldReader response)
    {
        int status = response.Int("status", 200, 599);
        ImmutableArray<NameValue> headers = response.List(
            "headers", 0, 16, h => new NameValue(h.Text("name", TextRules.HeaderName), h.Text("value", TextRules.HeaderValue)));
        response.Unique("headers", headers, h => h.Name);
        string? body = response.OptionalText("body", ExtensionTextRules.Body);
        if (response.Clean && body is not null && status is 204 or 304)
        {
            response.Report("body", "is set", $"an answer of status {status} has none");
        }

        return new DirectResponseSpec(status, headers, body ?? "");
    }

    private static IpAccessSpec IpAccess(FieldReader access)
    {
        var result = new IpAccessSpec(access.Ranges("allow", 256), access.Ranges("deny", 256));
        if (access.Clean && result is { Allow.IsEmpty: true, Deny.IsEmpty: true })
        {
            access.ReportAt(access.Path, "allows and denies nothing", "needs items in allow, deny or both");
        }

        return result;
    }

    private static BasicAuthSpec BasicAuth(FieldReader auth) => new(
        auth.RequiredObject("secretRef", secret => new NameValue(secret.Text("name", TextRules.ObjectName), ""))?.Name ?? "",
        auth.OptionalText("realm", ExtensionTextRules.Realm) ?? "Restricted");

    private static SizeLimitSpec SizeLimit(FieldReader limit)
    {
        if (!limit.Has("maxBytes"))
        {
            limit.Report("maxBytes", "is missing", $"must be a whole number from 0 to {MaxBody}");
        }

        return new SizeLimitSpec(limit.OptionalLong("maxBytes", 0, MaxBody) ?? 0);
    }

    private static CompressionSpec Compression(FieldReader compression)
    {
        ImmutableArray<string> codings = compression.Choices("codings", 2, "br", "gzip");
        int minBytes = compression.OptionalInt("minBytes", 0, 1_048_576) ?? 1024;
        ImmutableArray<string> types = compression.Set("contentTypes", compression.Has("contentTypes") ? 1 : 0, 64, ExtensionTextRules.ContentTypeRange);
        return new CompressionSpec(codings.IsEmpty ? DefaultCodings : codings, minBytes, types.IsEmpty ? DefaultTypes : types);
    }

    private static ImmutableArray<string> Choices(this FieldReader reader, string name, int max, params string[] allowed)
    {
        var rule = new TextRule(1, int.MaxValue, null, $"one of {string.Join(", ", allowed)}");
        ImmutableArray<string> items = reader.Set(name, reader.Has(name) ? 1 : 0, max, rule);
        for (int i = 0; i < items.Length && reader.Clean; i++)
        {
            if (!allowed.Contains(items[i]))
            {
                reader.ReportAt(FieldPath.Item(FieldPath.Child(reader.Path, name), i), $"is {FieldReader.Quote(items[i])}", $"must be {rule.Allowed}");
            }
        }

        return items;
    }

    /// <summary>A set of CIDRs and addresses.</summary>
    public static ImmutableArray<string> Ranges(this FieldReader reader, string name, int max)
    {
        ImmutableArray<string> ranges = reader.Set(name, 0, max, ExtensionTextRules.Cidr);
        for (int i = 0; i < ranges.Length && reader.Clean; i++)
        {
            if (CidrText.Canonical(ranges[i]) is null)
            {
                reader.ReportAt(
                    FieldPath.Item(FieldPath.Child(reader.Path, name), i),
                    $"is {FieldReader.Quote(ranges[i])}",
                    $"must be {ExtensionTextRules.Cidr.Allowed}");
            }
        }

        return ranges;
    }

    private sealed record SizeLimitSpec(long Bytes);
}
