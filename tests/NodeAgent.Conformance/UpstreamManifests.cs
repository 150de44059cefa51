using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>The manifests of the Gateway API's own conformance suite, read from the folder that GATEWAY_API_DIR names.</summary>
public static class UpstreamManifests
{
    public const string Release = "gateway-api-v1.6.1";

    public const string NextRelease = "gateway-api-main-2026-08-21";

    /// <summary>What the suite would be told with -usable-address; in the pool of the conformance world.</summary>
    public const string UsableAddress = "127.80.0.200";

    /// <summary>What the suite would be told with -unusable-address: no node can have it.</summary>
    public const string UnusableAddress = "255.255.255.255";

    /// <summary>Null when the variable is not set.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("GATEWAY_API_DIR") is { Length: > 0 } folder ? folder : null;

    public static IEnumerable<string> TestStems(string release) =>
        Directory.GetFiles(TestFolder(release), "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static IReadOnlyList<JsonNode> Base() =>
        Read(Path.Combine(Folder!, Release, "conformance", "base", "manifests.yaml"));

    public static IReadOnlyList<JsonNode> Test(string release, string stem) =>
        Read(Path.Combine(TestFolder(release), stem + ".yaml"));

    private static string TestFolder(string release) => Path.Combine(Folder!, release, "conformance", "tests");

    private static List<JsonNode> Read(string path) => YamlJson.Documents(File.ReadAllText(path)
        .Replace("{GATEWAY_CLASS_NAME}", SuiteNames.ClassName, StringComparison.Ordinal)
        .Replace("{GATEWAY_CONTROLLER_NAME}", SuiteNames.ControllerName, StringComparison.Ordinal)
        .Replace("PLACEHOLDER_UNUSABLE_ADDRS", UnusableAddress, StringComparison.Ordinal)
        .Replace("PLACEHOLDER_USABLE_ADDRS", UsableAddress, StringComparison.Ordinal));
}

/// <summary>Needs the upstream manifests; is skipped, loudly, where they are not.</summary>
public sealed class UpstreamTheoryAttribute : TheoryAttribute
{
    public UpstreamTheoryAttribute() => Skip = UpstreamFactAttribute.Reason;
}

/// <inheritdoc cref="UpstreamTheoryAttribute"/>
public sealed class UpstreamFactAttribute : FactAttribute
{
    public UpstreamFactAttribute() => Skip = Reason;

    public static string? Reason => UpstreamManifests.Folder is null ? "GATEWAY_API_DIR does not name a folder with the upstream manifests" : null;
}
