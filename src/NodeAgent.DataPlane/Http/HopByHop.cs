using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http;

/// <summary>Which headers belong to one connection and are not forwarded (RFC 9110, section 7.6.1).</summary>
internal static class HopByHop
{
    private static readonly string[] Names =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "HTTP2-Settings",
        "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info",
    ];

    /// <summary>Whether a header of this name is dropped whatever Connection says. Case-insensitive.</summary>
    public static bool IsDropped(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        7 => Is(name, "Upgrade") || Is(name, "Trailer"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "HTTP2-Settings"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        18 => Is(name, "Proxy-Authenticate"),
        19 => Is(name, "Proxy-Authorization"),
        25 => Is(name, "Proxy-Authentication-Info"),
        _ => false,
    };

    /// <summary>Removes them all, with those that Connection names.</summary>
    public static void Remove(IHeaderDictionary headers)
    {
        var options = new ConnectionOptions(headers.Connection);
        options.RemoveNamed(headers);
        foreach (string name in Names)
        {
            headers.Remove(name);
        }
    }

    private static bool Is(string name, string known) => string.Equals(name, known, StringComparison.OrdinalIgnoreCase);
}
