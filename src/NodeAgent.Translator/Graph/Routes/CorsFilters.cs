using System.Collections.Immutable;
using System.Globalization;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

internal static class CorsFilters
{
    private const string Wildcard = "*";

    public static Problem? Check(Cors cors)
    {
        string? bad = cors.AllowOrigins.FirstOrDefault(o => Canonical(o) is null);
        if (bad is not null)
        {
            return new Problem(Reasons.UnsupportedValue, $"CORS origin \"{bad}\" is not '*' or scheme://host with an optional port of 1 to 65535");
        }

        string? name = cors.AllowHeaders.Concat(cors.ExposeHeaders).FirstOrDefault(h => !HeaderFilters.IsName(h));
        return name is null ? null : new Problem(Reasons.UnsupportedValue, $"\"{name}\" is no header name");
    }

    public static CorsFilter Of(Cors cors) => new(
        [.. cors.AllowOrigins.Select(o => Canonical(o)!).Distinct()],
        cors.AllowMethods,
        [.. cors.AllowHeaders.Select(h => h.ToLowerInvariant()).Distinct()],
        [.. cors.ExposeHeaders.Where(h => h != Wildcard || !cors.AllowCredentials)],
        cors.AllowCredentials,
        cors.MaxAge);

    /// <summary>Lower case, without the scheme's own port; null when it is no origin.</summary>
    private static string? Canonical(string origin)
    {
        if (origin == Wildcard)
        {
            return origin;
        }

        string lower = origin.ToLowerInvariant();
        (string scheme, int ownPort) = lower.StartsWith("https://", StringComparison.Ordinal) ? ("https://", 443) : ("http://", 80);
        if (!lower.StartsWith(scheme, StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = lower[scheme.Length..].Split(':');
        if (parts.Length > 2 || parts[0].Length == 0)
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return lower;
        }

        bool valid = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535;
        if (!valid)
        {
            return null;
        }

        return port == ownPort ? $"{scheme}{parts[0]}" : $"{scheme}{parts[0]}:{port}";
    }
}
