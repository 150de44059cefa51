using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using NodeAgent.Conformance.Traffic;

namespace NodeAgent.Conformance;

/// <summary>A line of cases/index.yaml.</summary>
/// <param name="Manifests">File stems.</param>
/// <param name="Features">What GatewayClass status.supportedFeatures must list.</param>
public sealed record IndexEntry(string[] Manifests, string[] Features, bool Parallel = false, bool Provisional = false);

/// <summary>What the suite does to the objects and then expects.</summary>
/// <param name="Apply">Objects to create or replace.</param>
/// <param name="Patch">By object, as in <see cref="Expectation"/>; the generation rises when more than data changes.</param>
/// <param name="Accepted">Routes on which the suite calls its "route is accepted" helper.</param>
/// <param name="Expect">See <see cref="Expectation"/>.</param>
/// <param name="Traffic">Lines (<see cref="TrafficLine"/>) that hold of the translation and on the wire.</param>
/// <param name="Resolves">Lines that hold of the translation alone: on the wire <paramref name="Requests"/> say more.</param>
/// <param name="Requests">Sent to a running gateway; a translation knows nothing of them.</param>
/// <param name="Infrastructure">Of objects in the cluster that belong to Gateways; a translation has none of them there.</param>
public record CaseStep(
    JsonObject[]? Apply = null,
    Dictionary<string, JsonObject>? Patch = null,
    string[]? Delete = null,
    string[]? Accepted = null,
    string[]? Expect = null,
    string[]? Traffic = null,
    string[]? Resolves = null,
    LiveRequest[]? Requests = null,
    InfrastructureExpectation[]? Infrastructure = null);

/// <summary>A test of the suite.</summary>
/// <param name="Manifests">File stems; of the tests of the next release alone, the others have theirs in the index.</param>
/// <param name="Lacks">The data plane feature that the test wants absent, by its name in the product.</param>
/// <param name="Steps">After what the case itself expects of the manifests as they are.</param>
public sealed record ConformanceCase(
    string[]? Manifests = null,
    string? Lacks = null,
    CaseStep[]? Steps = null,
    JsonObject[]? Apply = null,
    Dictionary<string, JsonObject>? Patch = null,
    string[]? Delete = null,
    string[]? Accepted = null,
    string[]? Expect = null,
    string[]? Traffic = null,
    string[]? Resolves = null,
    LiveRequest[]? Requests = null,
    InfrastructureExpectation[]? Infrastructure = null) : CaseStep(Apply, Patch, Delete, Accepted, Expect, Traffic, Resolves, Requests, Infrastructure)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "cases");

    /// <summary>The tests of the release, by name.</summary>
    public static ImmutableSortedDictionary<string, IndexEntry> Index { get; } =
        Read<IndexEntry>(["index.yaml"]);

    /// <summary>The cases of the release, by the name of their test.</summary>
    public static ImmutableSortedDictionary<string, ConformanceCase> All { get; } = Read<ConformanceCase>(
        [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f)!).Where(f => f is not ("index.yaml" or "next-release.yaml"))]);

    /// <summary>The tests that the next release adds.</summary>
    public static ImmutableSortedDictionary<string, ConformanceCase> NextRelease { get; } =
        Read<ConformanceCase>(["next-release.yaml"]);

    /// <summary>The case itself is its first step.</summary>
    public IEnumerable<CaseStep> AllSteps => [this, .. Steps ?? []];

    /// <summary>Cases in the form of the files in cases/.</summary>
    /// <exception cref="JsonException">A field is missing or unknown.</exception>
    public static ImmutableSortedDictionary<string, ConformanceCase> Parse(string yaml) => Parse<ConformanceCase>([yaml]);

    private static ImmutableSortedDictionary<string, T> Read<T>(string[] files) =>
        Parse<T>(files.Select(file => File.ReadAllText(Path.Combine(Folder, file))));

    private static ImmutableSortedDictionary<string, T> Parse<T>(IEnumerable<string> texts) => texts
        .SelectMany(YamlJson.Documents)
        .SelectMany(document => document.AsObject())
        .ToImmutableSortedDictionary(p => p.Key, p => p.Value.Deserialize<T>(Options)!, StringComparer.Ordinal);
}
