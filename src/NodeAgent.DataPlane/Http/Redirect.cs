using System.Globalization;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>The Location of a RequestRedirect (HTTPRequestRedirectFilter, facts 2.6.1 and 5.9).</summary>
internal static class Redirect
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <param name="scheme">"http" or "https": the listener's.</param>
    /// <param name="host">The request's, without a port; empty when it named none.</param>
    /// <param name="listenerPort">The port of the listener, not of the socket.</param>
    /// <param name="path">Normalised.</param>
    /// <param name="matchedPrefixLength">See <see cref="RouteMatch.MatchedPathLength"/>.</param>
    /// <param name="query">Without its question mark; kept.</param>
    /// <returns>An absolute URL, or a path when neither the request nor the filter names a host.</returns>
    public static string Location(
        RedirectFilter filter,
        string scheme,
        ReadOnlySpan<char> host,
        int listenerPort,
        ReadOnlySpan<char> path,
        int matchedPrefixLength,
        ReadOnlySpan<char> query)
    {
        string target = PathEdits.Apply(filter.Path, path, matchedPrefixLength, query);
        string newScheme = filter.Scheme ?? scheme;
        ReadOnlySpan<char> newHost = string.IsNullOrEmpty(filter.Hostname) ? host : filter.Hostname;
        if (newHost.IsEmpty)
        {
            // Two slashes in front would make the first segment a host.
            return "/" + target.TrimStart('/');
        }

        int wellKnown = newScheme == "https" ? HttpsPort : HttpPort;
        int port = filter.Port ?? (filter.Scheme is null ? listenerPort : wellKnown);
        return port == wellKnown
            ? $"{newScheme}://{newHost}{target}"
            : string.Create(CultureInfo.InvariantCulture, $"{newScheme}://{newHost}:{port}{target}");
    }
}
