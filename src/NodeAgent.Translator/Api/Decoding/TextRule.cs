using System.Text.RegularExpressions;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>What a text field may hold, as the CRDs say it.</summary>
/// <param name="Allowed">Completes "must be ...".</param>
internal sealed record TextRule(int MinLength, int MaxLength, Regex? Pattern, string Allowed)
{
    public bool Takes(string text) =>
        text.Length >= MinLength && text.Length <= MaxLength && (Pattern is null || Pattern.IsMatch(text));
}

internal static partial class TextRules
{
    /// <summary>Upstream fields we do not look into.</summary>
    public static readonly TextRule Any = new(0, int.MaxValue, null, "text");

    /// <summary>
    /// Names of referenced objects: upstream asks only for 1 to 253 characters. No object can have a plus in its name,
    /// and those that we convert from the original Service APIs do: nobody else may refer to them.
    /// </summary>
    public static readonly TextRule ReferenceName = new(1, 253, WithoutPlus(), "text of 1 to 253 characters without '+'");

    public static readonly TextRule Namespace =
        new(1, 63, Label(), "a namespace name: at most 63 lower-case letters, digits and '-'");

    public static readonly TextRule ObjectName =
        new(1, 253, Subdomain(), "a DNS-1123 name: at most 253 lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit");

    public static readonly TextRule LabelName =
        new(1, 63, Label(), "a DNS-1123 label: at most 63 lower-case letters, digits and '-'");

    public static readonly TextRule SectionName =
        new(1, 253, Subdomain(), "a name of lower-case letters, digits, '-' and '.', at most 253");

    public static readonly TextRule Hostname =
        new(1, 253, WildcardHost(), "a lower-case host name, optionally beginning with '*.'");

    public static readonly TextRule PreciseHostname = new(1, 253, Subdomain(), "a lower-case host name without wildcard");

    public static readonly TextRule Group =
        new(0, 253, GroupName(), "an API group such as gateway.networking.k8s.io, or empty for the core group");

    public static readonly TextRule Kind = new(1, 63, KindName(), "a kind of at most 63 letters, digits and '-'");

    public static readonly TextRule ControllerName =
        new(1, 253, DomainPath(), "a domain-prefixed path such as example.com/controller");

    public static readonly TextRule Protocol =
        new(1, 255, ProtocolName(), "HTTP, HTTPS, TLS, TCP, UDP or a domain-prefixed name");

    public static readonly TextRule AddressType =
        new(1, 253, AddressTypeName(), "IPAddress, Hostname or a domain-prefixed name");

    public static readonly TextRule HeaderName =
        new(1, 256, Token(), "an HTTP token of 1 to 256 characters (letters, digits, !#$%&'*+-.^_`|~)");

    public static readonly TextRule HeaderValue =
        new(1, 4096, VisibleText(), "1 to 4096 visible ASCII characters with single blanks or tabs between words");

    public static readonly TextRule QueryValue = new(1, 1024, null, "text of 1 to 1024 characters");

    /// <summary>GRPCRoute asks less of a header's value than HTTPRoute.</summary>
    public static readonly TextRule MetadataValue = new(1, 4096, null, "text of 1 to 4096 characters");

    public static readonly TextRule GrpcName = new(0, 1024, null, "text of at most 1024 characters");

    public static readonly TextRule SessionName = new(0, 128, null, "text of at most 128 characters");

    public static readonly TextRule Origin =
        new(1, 253, OriginText(), "'*' or an origin such as https://www.example.com, https://*.example.com or http://localhost:8080");

    public static readonly TextRule PathPrefix = new(1, 1024, PathCharacters(), "a path of at most 1024 characters: letters, digits, -/._~!$&'()*+,;=:@ and %XX");

    public static readonly TextRule PathText = new(0, 1024, null, "text of at most 1024 characters");

    public static readonly TextRule Duration = new(2, 32, GatewayDuration(), "a duration such as 10s, 500ms or 1h30m");

    public static readonly TextRule LabelKey =
        new(1, 317, QualifiedName(), "a label key: an optional DNS prefix with '/', then at most 63 letters, digits, '-', '_', '.'");

    public static readonly TextRule LabelValue =
        new(0, 63, LabelText(), "at most 63 letters, digits, '-', '_', '.', beginning and ending with a letter or digit");

    /// <summary>Values of infrastructure annotations and of TLS options.</summary>
    public static readonly TextRule AnnotationValue = new(0, 4096, null, "text of at most 4096 characters");

    public static readonly TextRule SecretKey = new(1, 253, KeyName(), "at most 253 letters, digits, '-', '_', '.'");

    /// <summary>What the CRD lets through in path values of type Exact and PathPrefix.</summary>
    [GeneratedRegex(@"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+\z")]
    public static partial Regex PathCharacters();

    /// <summary>A gRPC service as GRPCRoute takes it with type Exact.</summary>
    [GeneratedRegex(@"^\.?[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_][A-Za-z_0-9]*)*\z")]
    public static partial Regex GrpcService();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z_0-9]*\z")]
    public static partial Regex GrpcMethod();

    // The CRD writes ((\*\.)?([a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+|\*): the same language.
    [GeneratedRegex(@"^\*\z|^https?://(\*|(\*\.)?[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*)(:[0-9]{1,5})?\z")]
    private static partial Regex OriginText();

    [GeneratedRegex(@"^[^+]*\z")]
    private static partial Regex WithoutPlus();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex WildcardHost();

    [GeneratedRegex(@"^\z|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex GroupName();

    [GeneratedRegex(@"^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?\z")]
    private static partial Regex KindName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+\z")]
    private static partial Regex DomainPath();

    [GeneratedRegex(@"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\z|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]+\z")]
    private static partial Regex ProtocolName();

    [GeneratedRegex(@"^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+\z")]
    private static partial Regex AddressTypeName();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+\-.^_`|~]+\z")]
    private static partial Regex Token();

    // The CRD writes ([\t ]?[!-~]+)*, the same language, on which a backtracking engine can take forever.
    [GeneratedRegex(@"^[!-~]+([\t ][!-~]+)*\z")]
    private static partial Regex VisibleText();

    [GeneratedRegex(@"^([0-9]{1,5}(h|m|s|ms)){1,4}\z")]
    private static partial Regex GatewayDuration();

    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]\z")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex KeyName();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelText();
}
