using System.Globalization;
using System.Net;

namespace NodeAgent.Commands;

/// <summary>Text to value for the kinds of flags we have.</summary>
internal static class FlagParsers
{
    public static Parsed<string?> Text(string text) => new(text);

    public static Parsed<string?> ExistingFolder(string text) =>
        Directory.Exists(text) ? new(Path.GetFullPath(text)) : new(null, "no such folder");

    public static Parsed<string> Folder(string text) =>
        Directory.Exists(text) ? new(Path.GetFullPath(text)) : new("", "no such folder");

    /// <returns>Its full path.</returns>
    public static Parsed<string?> ExistingFile(string text) =>
        File.Exists(text) ? new(Path.GetFullPath(text)) : new(null, "no such file");

    /// <summary>A name as namespaces and most other things have it: an RFC 1123 label.</summary>
    public static Parsed<string> Label(string text) =>
        text.Length is > 0 and <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-'
            ? new(text)
            : new("", "must be 1 to 63 lower case letters, digits and -, not at its ends");

    public static FlagParser<int?> Int(int min, int max) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? new(value)
            : new(null, $"must be a whole number from {min} to {max}");

    public static FlagParser<string> OneOf(params string[] allowed) => text =>
        allowed.Contains(text, StringComparer.Ordinal) ? new(text) : new(null, $"must be one of {string.Join(", ", allowed)}");

    /// <returns>The CIDR in canonical text.</returns>
    public static Parsed<string> Cidr(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network)
        && text.Split('/') is [string address, _] && IPAddress.Parse(address).Equals(network.BaseAddress)
            ? new(network.ToString())
            : new(null, "must be a network with no host bits set, for example 127.80.0.0/24");

    /// <summary>ADDRESS:PORT, [V6]:PORT, localhost:PORT, or :PORT for every address.</summary>
    public static Parsed<IPEndPoint?> EndPoint(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        IPAddress? address = host switch
        {
            "" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null,
        };
        return colon >= 0 && address is not null && Int(0, 65535)(text[(colon + 1)..]).Value is int port
            ? new(new IPEndPoint(address, port))
            : new(null, "must be ADDRESS:PORT, for example 127.0.0.1:9811");
    }

    public static Parsed<Uri?> HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp
            ? new(url)
            : new(null, "must be a URL, for example http://127.0.0.1:9811");
}
