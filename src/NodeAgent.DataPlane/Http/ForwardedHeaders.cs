using Microsoft.AspNetCore.Http;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Tells the backend who the client is. The peer is not trusted, so what it says of others is replaced, and what we do
/// not set ourselves is taken out. To be called after hop-by-hop headers are gone: Connection could name these.
/// </summary>
internal static class ForwardedHeaders
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";

    private static readonly string[] NotOurs =
        ["Forwarded", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server"];

    /// <param name="clientAddress">The peer's IP address in text form, without a port.</param>
    /// <param name="scheme">"http" or "https", as the client spoke to us.</param>
    /// <param name="host">The Host header as the client sent it; null or empty when it sent none.</param>
    public static void Set(IHeaderDictionary headers, string clientAddress, string scheme, string? host)
    {
        headers[For] = clientAddress;
        headers[Proto] = scheme;
        if (string.IsNullOrEmpty(host))
        {
            headers.Remove(Host);
        }
        else
        {
            headers[Host] = host;
        }

        foreach (string name in NotOurs)
        {
            headers.Remove(name);
        }
    }
}
