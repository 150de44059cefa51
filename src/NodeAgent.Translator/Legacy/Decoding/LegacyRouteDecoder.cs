using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Legacy.Decoding;

/// <summary>TCPRoute, UDPRoute, TLSRoute and BackendPolicy, with the defaults and limits of the v0.2.0 CRDs.</summary>
internal static class LegacyRouteDecoder
{
    private const int MaxRules = 16;
    private const int MaxMatches = 8;
    private const int MaxForwardTo = 16;

    public static LegacyTcpRoute ReadTcp(FieldReader document, ObjectMeta meta)
    {
        (GatewayAllowance gateways, ImmutableArray<LegacyStreamRule> rules) = Spec(document, serverNames: false);
        return new LegacyTcpRoute(meta, gateways, rules);
    }

    public static LegacyUdpRoute ReadUdp(FieldReader document, ObjectMeta meta)
    {
        (GatewayAllowance gateways, ImmutableArray<LegacyStreamRule> rules) = Spec(document, serverNames: false);
        return new LegacyUdpRoute(meta, gateways, rules);
    }

    public static LegacyTlsRoute ReadTls(FieldReader document, ObjectMeta meta)
    {
        (GatewayAllowance gateways, ImmutableArray<LegacyStreamRule> rules) = Spec(document, serverNames: true);
        return new LegacyTlsRoute(meta, gateways, rules);
    }

    /// <summary>v0.1.0 let references go without a kind; Services were meant.</summary>
    public static BackendPolicy ReadPolicy(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new BackendPolicy(
            meta,
            spec.List("backendRefs", 0, 16, reference => new PolicyBackend(
                LegacyReferenceDecoder.Group(reference.Text("group", LegacyRules.OptionalToken)),
                reference.OptionalText("kind", LegacyRules.OptionalToken) is { Length: > 0 } kind ? kind : "Service",
                reference.Text("name", TextRules.ReferenceName),
                reference.OptionalInt("port", 1, 65535))),
            spec.Object("tls", tls =>
            {
                tls.Map("options", int.MaxValue, TextRules.Any, TextRules.Any);
                return new BackendPolicyTls(tls.Object("certificateAuthorityRef", LegacyReferenceDecoder.Local));
            }))) ?? new BackendPolicy(meta, [], null);

    private static (GatewayAllowance Gateways, ImmutableArray<LegacyStreamRule> Rules) Spec(FieldReader document, bool serverNames)
    {
        GatewayAllowance gateways = GatewayAllowance.Default;
        ImmutableArray<LegacyStreamRule> rules = [];
        document.RequiredObject("spec", spec =>
        {
            gateways = LegacyReferenceDecoder.Gateways(spec);
            rules = spec.List("rules", 1, MaxRules, rule => new LegacyStreamRule(
                rule.List("matches", 0, MaxMatches, match => Match(match, serverNames)),
                rule.List("forwardTo", 1, MaxForwardTo, LegacyReferenceDecoder.ForwardTo)));
            return spec;
        });
        return (gateways, rules);
    }

    private static LegacyStreamMatch Match(FieldReader match, bool serverNames) => new(
        serverNames
            ? [.. match.Texts("snis", 0, 16, LegacyRules.Hostname).Select(n => n.ToLowerInvariant())]
            : [],
        match.Object("extensionRef", LegacyReferenceDecoder.Local));
}
