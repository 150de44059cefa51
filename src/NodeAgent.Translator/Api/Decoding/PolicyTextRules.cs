using System.Text.RegularExpressions;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Of Services, their policies and XBackend.</summary>
internal static partial class TextRules
{
    public static readonly TextRule IpFamily = new(4, 4, IpFamilyName(), "IPv4 or IPv6");

    public static readonly TextRule OptionalLabelName =
        new(0, 63, OptionalLabel(), "empty or a DNS-1123 label: at most 63 lower-case letters, digits and '-'");

    public static readonly TextRule WellKnownAuthorities =
        new(1, 253, WellKnownName(), "System or a domain-prefixed name such as example.com/authorities");

    public static readonly TextRule Uri = new(1, 253, AbsoluteUri(), "a URI with scheme and authority, such as spiffe://example.com/service");

    public static readonly TextRule ExternalHostname =
        new(1, 253, OutsideHost(), "a lower-case host name that does not end with .cluster.local");

    [GeneratedRegex(@"^IPv[46]\z")]
    private static partial Regex IpFamilyName();

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?\z")]
    private static partial Regex OptionalLabel();

    [GeneratedRegex(@"^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))\z")]
    private static partial Regex WellKnownName();

    // The CRD's expression is RFC 3986's and has no end, so whatever follows the authority is free.
    [GeneratedRegex(@"^[^:/?#]+://")]
    private static partial Regex AbsoluteUri();

    [GeneratedRegex(@"^(?!.*\.cluster\.local\z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex OutsideHost();
}
