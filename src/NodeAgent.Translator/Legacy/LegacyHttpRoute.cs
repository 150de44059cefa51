using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy;

/// <summary>networking.x-k8s.io/v1alpha1 HTTPRoute.</summary>
/// <param name="Hostnames">Lower case; empty takes all. A wildcard stands for one label.</param>
/// <param name="CertificateRef">For <paramref name="Hostnames"/>, where the listener lets routes bring one.</param>
internal sealed record LegacyHttpRoute(
    ObjectMeta Meta,
    GatewayAllowance Gateways,
    ImmutableArray<string> Hostnames,
    ObjectReference? CertificateRef,
    ImmutableArray<LegacyHttpRule> Rules) : LegacyRoute(Meta, Gateways)
{
    /// <summary>The link of all that bring a certificate, by which Gateways find them.</summary>
    public const string CertificateLink = "RouteOverride/Certificate";

    public override string Kind => "HTTPRoute";

    public override ImmutableArray<string> Links => CertificateRef is null ? [] : [CertificateLink];
}

/// <param name="Matches">Never empty: the CRD's default is one Prefix "/".</param>
/// <param name="ForwardTo">Empty: the answer is 503.</param>
internal sealed record LegacyHttpRule(
    ImmutableArray<LegacyHttpMatch> Matches,
    ImmutableArray<LegacyHttpFilter> Filters,
    ImmutableArray<LegacyForwardTo> ForwardTo);

/// <param name="PathType">Prefix (default), Exact, RegularExpression or ImplementationSpecific.</param>
/// <param name="HeaderType">Of all of <paramref name="Headers"/>: Exact (default), RegularExpression or ImplementationSpecific.</param>
/// <param name="ExtensionRef">A further condition of a kind of its own.</param>
internal sealed record LegacyHttpMatch(
    string PathType,
    string PathValue,
    string HeaderType,
    ImmutableSortedDictionary<string, string> Headers,
    ObjectReference? ExtensionRef)
{
    public static LegacyHttpMatch Everything { get; } =
        new("Prefix", "/", "Exact", ImmutableSortedDictionary<string, string>.Empty, null);
}

/// <param name="Type">RequestHeaderModifier, RequestMirror or ExtensionRef; only the part it names counts.</param>
/// <param name="Mirror">Its weight and filters have no meaning.</param>
internal sealed record LegacyHttpFilter(
    string Type, LegacyHeaderModifier? Headers, LegacyForwardTo? Mirror, ObjectReference? ExtensionRef);

internal sealed record LegacyHeaderModifier(
    ImmutableSortedDictionary<string, string> Set,
    ImmutableSortedDictionary<string, string> Add,
    ImmutableArray<string> Remove);
