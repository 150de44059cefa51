using System.Reflection;

namespace NodeAgent.Agent;

/// <summary>What this executable was built from.</summary>
internal static class BuildInfo
{
    // The SDK writes VERSION+COMMIT here when it builds inside a git checkout.
    private static readonly string[] Informational =
        (typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    public static string Version => Informational[0];

    /// <summary>The first 12 hex digits, or "unknown" for a build outside a checkout.</summary>
    public static string Commit => Informational.Length < 2 ? "unknown" : Informational[1][..Math.Min(12, Informational[1].Length)];
}
