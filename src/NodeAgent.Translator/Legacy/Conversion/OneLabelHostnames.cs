using System.Collections.Immutable;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>Host names as the original API has them: a wildcard stands for exactly one label. Null takes all.</summary>
internal static class OneLabelHostnames
{
    /// <summary>Whether <paramref name="pattern"/> takes all that <paramref name="hostname"/> takes.</summary>
    public static bool Covers(string? pattern, string? hostname) =>
        pattern is null
        || pattern == hostname
        || (hostname is not null && IsWildcard(pattern) && !IsWildcard(hostname) && SuffixOf(hostname) == pattern[1..]);

    /// <summary>What both take; null when that is nothing. At least one of the two is a name.</summary>
    public static string? Intersect(string? listener, string route) =>
        Covers(listener, route) ? route : Covers(route, listener) ? listener : null;

    /// <summary>A listener's hostname and a route's hostnames, of which none means all.</summary>
    public static bool Overlap(string? listener, ImmutableArray<string> route) =>
        route.IsEmpty || route.Any(h => Intersect(listener, h) is not null);

    private static bool IsWildcard(string hostname) => hostname.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>From the first dot on.</summary>
    private static string SuffixOf(string hostname) =>
        hostname.IndexOf('.', StringComparison.Ordinal) is int dot and >= 0 ? hostname[dot..] : "";
}
