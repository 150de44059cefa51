using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Legacy.Decoding;

internal static class LegacyReferenceDecoder
{
    /// <summary>A LocalObjectReference: group, kind and name, all three of them.</summary>
    public static ObjectReference Local(FieldReader reference) => new(
        Group(reference.Text("group", LegacyRules.Token)),
        reference.Text("kind", LegacyRules.Token),
        reference.Text("name", TextRules.ReferenceName),
        null);

    /// <summary>This API writes the core group as "core".</summary>
    public static string Group(string group) => group == "core" ? Groups.Core : group;

    public static LabelSelector Selector(FieldReader selector) => new(
        selector.Map("matchLabels", int.MaxValue, TextRules.LabelKey, TextRules.LabelValue),
        selector.List("matchExpressions", 0, int.MaxValue, expression => new LabelRequirement(
            expression.Text("key", TextRules.LabelKey),
            expression.Choice("operator", null, "In", "NotIn", "Exists", "DoesNotExist"),
            expression.Texts("values", 0, int.MaxValue, TextRules.LabelValue))));

    /// <summary>forwardTo[] of any route, but for its filters.</summary>
    public static LegacyForwardTo ForwardTo(FieldReader forward)
    {
        LegacyForwardTo target = Target(forward);
        return target with { Weight = forward.OptionalInt("weight", 0, RouteDecoder.MaxWeight) ?? 1 };
    }

    /// <summary>serviceName or backendRef, and port: what forwardTo shares with mirrors.</summary>
    public static LegacyForwardTo Target(FieldReader forward)
    {
        string? service = forward.OptionalText("serviceName", LegacyRules.ServiceName);
        return new LegacyForwardTo(
            string.IsNullOrEmpty(service) ? null : service,
            forward.Object("backendRef", Local),
            forward.OptionalInt("port", 1, 65535),
            1,
            []);
    }

    public static GatewayAllowance Gateways(FieldReader spec) => spec.Object("gateways", gateways =>
    {
        string allow = gateways.Choice("allow", GatewayAllowance.Default.Allow, "All", GatewayAllowance.FromList, "SameNamespace");
        ImmutableArray<GatewayName> refs = gateways.List("gatewayRefs", 0, int.MaxValue, reference => new GatewayName(
            reference.Text("namespace", LegacyRules.Token),
            reference.Text("name", LegacyRules.Token)));
        return new GatewayAllowance(allow, refs);
    }) ?? GatewayAllowance.Default;
}
