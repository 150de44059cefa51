using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Formats of strings that API servers check. Formats they do not know are no constraint.</summary>
internal static partial class ValueFormat
{
    public static bool Matches(string format, string text) => format switch
    {
        "date-time" or "datetime" => IsDateTime(text),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "ipv4" => IsAddress(text, AddressFamily.InterNetwork),
        "ipv6" => IsAddress(text, AddressFamily.InterNetworkV6),
        "cidr" => IsCidr(text),
        "hostname" => text.Length <= 255 && Hostname().IsMatch(text),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "uuid" => Uuid().IsMatch(text),
        "byte" => Base64.IsValid(text),
        "mac" => Mac().IsMatch(text),
        "duration" => Duration().IsMatch(text),
        "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1,
        _ => true,
    };

    /// <summary>RFC 3339.</summary>
    public static bool IsDateTime(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>RFC 3339 with exactly six digits of a second.</summary>
    public static bool IsMicroTime(string text) => IsDateTime(text) && Microseconds().IsMatch(text);

    /// <summary>Four decimal numbers without leading zeros, or IPv6 without a zone.</summary>
    public static bool IsAddress(string text, AddressFamily? family = null) =>
        !text.Contains('%', StringComparison.Ordinal)
        && !text.StartsWith('[')
        && IPAddress.TryParse(text, out IPAddress? address)
        && (family is null || address.AddressFamily == family)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);

    private static bool IsCidr(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && IsAddress(text[..slash])
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= (text.Contains(':', StringComparison.Ordinal) ? 128 : 32);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\z", RegexOptions.ECMAScript)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"\.\d{6}([Zz]|[+-])", RegexOptions.ECMAScript)]
    private static partial Regex Microseconds();

    [GeneratedRegex(@"^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex Hostname();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^-?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+\z")]
    private static partial Regex Duration();
}
