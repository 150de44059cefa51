using System.Collections.Immutable;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Graph;

/// <summary>Gateway API, HTTPRouteSpec.hostnames: a listener's hostname and a route's, and what both take.</summary>
internal static class HostnameIntersection
{
    /// <summary>Null and empty both mean every host.</summary>
    public static string? Normalize(string? hostname) =>
        string.IsNullOrEmpty(hostname) ? null : hostname.ToLowerInvariant();

    /// <summary>
    /// The hostnames that both take, sorted; empty when the route names none and so takes what the listener takes.
    /// False when nothing is left.
    /// </summary>
    /// <param name="oneLabel">A wildcard takes exactly one label.</param>
    public static bool TryIntersect(
        string? listener, ImmutableArray<string> route, bool oneLabel, out ImmutableArray<string> hostnames)
    {
        if (route.IsEmpty)
        {
            hostnames = [];
            return true;
        }

        var taken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string hostname in route)
        {
            string name = hostname.ToLowerInvariant();
            if ((oneLabel ? OneLabelHostnames.Intersect(listener, name) : Intersect(listener, name)) is string both)
            {
                taken.Add(both);
            }
        }

        hostnames = [.. taken];
        return taken.Count > 0;
    }

    private static string? Intersect(string? listener, string route)
    {
        if (listener is null || listener == route || IsBelow(route, listener))
        {
            return route;
        }

        return IsBelow(listener, route) ? listener : null;
    }

    /// <summary>A wildcard takes one or more labels below its suffix, never the suffix itself.</summary>
    private static bool IsBelow(string hostname, string wildcard) =>
        wildcard.StartsWith("*.", StringComparison.Ordinal)
        && hostname.Length >= wildcard.Length
        && hostname.EndsWith(wildcard[1..], StringComparison.Ordinal);
}
