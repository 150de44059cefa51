namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>The Gateway API's own definitions, where the environment says they are.</summary>
internal static class UpstreamDefinitions
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("GATEWAY_API_DIR") is { Length: > 0 } folder
        ? Path.Combine(folder, "gateway-api-v1.6.1", "crd")
        : null;

    public static bool Present => Directory.Exists(Folder);

    /// <summary>Of the conformance suite, in a fixed order.</summary>
    public static IEnumerable<string> Manifests => Directory.GetFiles(
        Path.GetFullPath(Path.Combine(Folder!, "..", "conformance", "tests")), "*.yaml").Order(StringComparer.Ordinal);

    /// <param name="channel">experimental or standard.</param>
    public static string Channel(string channel) => Path.Combine(Folder!, channel);
}

/// <summary>A theory over the Gateway API's definitions; skipped, and told so, where GATEWAY_API_DIR is not set.</summary>
internal sealed class UpstreamTheoryAttribute : TheoryAttribute
{
    public UpstreamTheoryAttribute()
    {
        if (!UpstreamDefinitions.Present)
        {
            Skip = "GATEWAY_API_DIR names no folder with gateway-api-v1.6.1";
        }
    }
}
