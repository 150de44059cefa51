using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class UpstreamManifestTests
{
    private static ServedKind Definition { get; } = BuiltInKinds.All.Single(kind => kind.Kind == "CustomResourceDefinition");

    [UpstreamFact]
    public void Every_upstream_definition_loads()
    {
        foreach (string folder in new[] { "gateway-api-v1.6.1/crd/standard", "gateway-api-v1.6.1/crd/experimental", "service-apis-v0.2.0/crd" })
        {
            List<JsonObject> definitions = [.. Manifests.ReadFolder(Path.Combine(Manifests.Upstream!, folder)).Where(IsDefinition)];
            Assert.NotEmpty(definitions);
            Assert.All(definitions, Loads);
        }
    }

    [Fact]
    public void Every_definition_of_ours_loads()
    {
        List<JsonObject> definitions = [.. Manifests.ReadFolder(Manifests.OwnDefinitions)];
        Assert.NotEmpty(definitions);
        Assert.All(definitions, Loads);
    }

    [UpstreamFact]
    public void Every_object_of_the_conformance_suite_is_valid_and_keeps_all_its_fields()
    {
        AreAccepted("gateway-api-v1.6.1/conformance", "gateway-api-v1.6.1/crd/experimental", atLeast: 200);
        AreAccepted("gateway-api-main-2026-08-21/conformance", "gateway-api-v1.6.1/crd/experimental", atLeast: 10);
        AreAccepted("gateway-api-v1.6.1/examples", "gateway-api-v1.6.1/crd/experimental", atLeast: 10);
    }

    [UpstreamFact]
    public void Every_example_of_the_original_API_is_valid_and_keeps_all_its_fields() =>
        AreAccepted("service-apis-v0.2.0/examples", "service-apis-v0.2.0/crd", atLeast: 10);

    private static void AreAccepted(string folder, string definitions, int atLeast)
    {
        Dictionary<(string, string), ServedKind> kinds = BuiltInKinds.All.ToDictionary(kind => (kind.ApiVersion, kind.Kind));
        foreach (JsonObject crd in Manifests.ReadFolder(Path.Combine(Manifests.Upstream!, definitions)).Where(IsDefinition))
        {
            foreach (ServedKind kind in CustomKinds.From(crd))
            {
                kinds[(kind.ApiVersion, kind.Kind)] = kind;
            }
        }

        List<string> problems = [];
        int count = 0;
        foreach (JsonObject item in Manifests.ReadFolder(Path.Combine(Manifests.Upstream!, folder)).Where(item => item.ContainsKey("kind")))
        {
            (string, string) type = ((string)item["apiVersion"]!, (string)item["kind"]!);
            if (!kinds.TryGetValue(type, out ServedKind? kind))
            {
                problems.Add($"no kind {type}");
                continue;
            }

            count++;
            if (kind.Namespaced)
            {
                item["metadata"]!["namespace"] ??= "default";
            }

            problems.AddRange(Refused(item, kind).Select(problem => $"{type} {item["metadata"]!["name"]}: {problem}"));
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(count >= atLeast, $"{folder} has {count} objects");
    }

    private static bool IsDefinition(JsonObject item) => (string?)item["kind"] == "CustomResourceDefinition";

    private static IEnumerable<string> Refused(JsonObject item, ServedKind kind)
    {
        foreach (string path in kind.Schema.Prune(item))
        {
            yield return $"unknown field {path}";
        }

        kind.Schema.Default(item);
        foreach (FieldError error in kind.Schema.Validate(item, null))
        {
            yield return $"{error.Path}: {error.Message}";
        }
    }

    private static void Loads(JsonObject crd)
    {
        Assert.Empty(Refused(crd, Definition));
        ImmutableArray<ServedKind> kinds = CustomKinds.From(crd);
        Assert.NotEmpty(kinds);
        Assert.All(kinds, kind => Assert.Equal(NodeShape.Struct, kind.Schema.Root.Fields["spec"].Shape));
    }
}
