using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Legacy.Decoding;

/// <summary>HTTPRoute with the defaults and limits of the v0.2.0 CRD; v0.1.0 allowed less (rules required, 4 forwardTo, no set).</summary>
internal static class LegacyHttpRouteDecoder
{
    private const int MaxRules = 16;

    public static LegacyHttpRoute Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta))
        ?? new LegacyHttpRoute(meta, GatewayAllowance.Default, [], null, []);

    private static LegacyHttpRoute Spec(FieldReader spec, ObjectMeta meta)
    {
        GatewayAllowance gateways = LegacyReferenceDecoder.Gateways(spec);
        ImmutableArray<string> hostnames =
            [.. spec.Texts("hostnames", 0, 16, LegacyRules.Hostname).Select(h => h.ToLowerInvariant())];
        ObjectReference? certificate = null;
        spec.Check("tls", tls => certificate = tls.RequiredObject("certificateRef", LegacyReferenceDecoder.Local));
        ImmutableArray<LegacyHttpRule> rules = spec.Has("rules")
            ? spec.List("rules", 0, MaxRules, Rule)
            : [new LegacyHttpRule([LegacyHttpMatch.Everything], [], [])];
        return new LegacyHttpRoute(meta, gateways, hostnames, certificate, rules);
    }

    private static LegacyHttpRule Rule(FieldReader rule)
    {
        ImmutableArray<LegacyHttpMatch> matches = rule.List("matches", 0, 8, Match);
        return new LegacyHttpRule(
            matches.IsEmpty ? [LegacyHttpMatch.Everything] : matches,
            rule.List("filters", 0, 16, Filter),
            rule.List("forwardTo", 0, 16, forward =>
                LegacyReferenceDecoder.ForwardTo(forward) with { Filters = forward.List("filters", 0, 16, Filter) }));
    }

    private static LegacyHttpMatch Match(FieldReader match)
    {
        LegacyHttpMatch result = LegacyHttpMatch.Everything;
        match.Check("path", path => result = result with
        {
            PathType = path.Choice("type", "Prefix", "Exact", "Prefix", "RegularExpression", "ImplementationSpecific"),
            PathValue = path.Text("value", LegacyRules.Path),
        });
        match.Check("headers", headers =>
        {
            if (!headers.Has("values"))
            {
                headers.Report("values", "is missing", "must be an object of header names and values");
            }

            result = result with
            {
                HeaderType = headers.Choice("type", "Exact", "Exact", "RegularExpression", "ImplementationSpecific"),
                Headers = headers.Map("values", int.MaxValue, TextRules.HeaderName, TextRules.Any),
            };
            if (headers.Clean && result.Headers.IsEmpty)
            {
                headers.Report("values", "is empty", "at least one header is needed");
            }
        });
        return result with { ExtensionRef = match.Object("extensionRef", LegacyReferenceDecoder.Local) };
    }

    private static LegacyHttpFilter Filter(FieldReader filter)
    {
        string type = filter.Choice("type", null, "RequestHeaderModifier", "RequestMirror", "ExtensionRef");
        var result = new LegacyHttpFilter(
            type,
            filter.Object("requestHeaderModifier", Headers),
            filter.Object("requestMirror", LegacyReferenceDecoder.Target),
            filter.Object("extensionRef", LegacyReferenceDecoder.Local));
        (string field, bool there) = type switch
        {
            "RequestHeaderModifier" => ("requestHeaderModifier", result.Headers is not null),
            "RequestMirror" => ("requestMirror", result.Mirror is not null),
            "ExtensionRef" => ("extensionRef", result.ExtensionRef is not null),
            _ => ("type", true),
        };
        if (!there && filter.Clean)
        {
            filter.Report(field, "is missing", $"a filter of type {type} needs it");
        }

        return result;
    }

    private static LegacyHeaderModifier Headers(FieldReader modifier) => new(
        modifier.Map("set", int.MaxValue, TextRules.HeaderName, TextRules.Any),
        modifier.Map("add", int.MaxValue, TextRules.HeaderName, TextRules.Any),
        modifier.Texts("remove", 0, 16, TextRules.Any));
}
