using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Legacy.Decoding;

/// <summary>What text fields of the v0.2.0 CRDs may hold. These CRDs ask for less than today's.</summary>
internal static partial class LegacyRules
{
    /// <summary>The CRD has no pattern; the description asks for one label of wildcard at most, and nobody's IP address.</summary>
    public static readonly TextRule Hostname =
        new(1, 253, HostName(), "a host name, optionally beginning with '*.' (which stands for one label)");

    public static readonly TextRule ListenerHostname =
        new(0, 253, HostNameOrAll(), "a host name, optionally beginning with '*.' (which stands for one label), or '*'");

    /// <summary>Groups and kinds of references are not looked into by the CRDs.</summary>
    public static readonly TextRule Token = new(1, 253, null, "text of 1 to 253 characters");

    public static readonly TextRule OptionalToken = new(0, 253, null, "text of at most 253 characters");

    public static readonly TextRule ServiceName = new(0, 253, NotConverted(), "a name of at most 253 characters");

    public static readonly TextRule Path = new(1, int.MaxValue, null, "text of at least one character");

    public static readonly TextRule Controller =
        new(1, 253, null, "a domain-prefixed path such as example.com/controller");

    [GeneratedRegex(@"^(\*\.)?[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^\z|^\*\z|^(\*\.)?[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*\z")]
    private static partial Regex HostNameOrAll();

    [GeneratedRegex(@"^[^+]*\z")]
    private static partial Regex NotConverted();
}
