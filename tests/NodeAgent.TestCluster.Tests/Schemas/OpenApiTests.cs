using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.OpenApi;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class OpenApiTests
{
    private static ServedKind Widget { get; } =
        new("example.com", "v1", "Widget", "widgets", "widget", true, SchemaOf.Spec("{type: object, description: What it is for., properties: {size: {type: integer}}}")) { HasStatus = true };

    [Fact]
    public void Every_reference_of_a_document_is_to_a_schema_of_it()
    {
        ServedKind[] kinds = [.. BuiltInKinds.All, Widget];
        foreach ((string group, string version) in kinds.Select(kind => (kind.Group, kind.Version)).Distinct())
        {
            JsonObject document = OpenApiDocument.Of(group, version, kinds);
            JsonObject schemas = (JsonObject)document["components"]!["schemas"]!;
            foreach (string reference in References(document))
            {
                Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), reference);
            }
        }
    }

    [Fact]
    public void Patch_says_what_the_server_can_do_with_a_kind()
    {
        JsonObject patch = (JsonObject)OpenApiDocument.Of("example.com", "v1", [Widget])["paths"]!["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"]!["patch"]!;
        string[] parameters = [.. ((JsonArray)patch["parameters"]!).Select(parameter => (string)parameter!["name"]!)];
        Assert.Contains("dryRun", parameters);
        Assert.Contains("fieldValidation", parameters);
        Assert.Contains("force", parameters);
        Assert.Equal("Widget", (string?)patch["x-kubernetes-group-version-kind"]!["kind"]);
        Assert.Equal("patch", (string?)patch["x-kubernetes-action"]);
    }

    [Theory]
    [InlineData("apps", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", true)]
    [InlineData("example.com", "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}", false)]
    public void Only_built_in_kinds_are_merged_strategically(string group, string path, bool strategic)
    {
        JsonObject document = OpenApiDocument.Of(group, "v1", [.. BuiltInKinds.All, Widget]);
        JsonObject content = (JsonObject)document["paths"]![path]!["patch"]!["requestBody"]!["content"]!;
        Assert.Equal(strategic, content.ContainsKey("application/strategic-merge-patch+json"));
        Assert.True(content.ContainsKey("application/merge-patch+json"));
    }

    [Fact]
    public void A_kind_has_its_schema_its_list_and_its_status_path()
    {
        JsonObject document = OpenApiDocument.Of("example.com", "v1", [Widget]);
        JsonObject schema = (JsonObject)document["components"]!["schemas"]!["com.example.v1.Widget"]!;
        Assert.Equal("What it is for.", (string?)schema["properties"]!["spec"]!["description"]);
        Assert.Equal("Widget", (string?)schema["x-kubernetes-group-version-kind"]![0]!["kind"]);
        Assert.Equal("com.example.v1.Widget", OpenApiDocument.SchemaName(Widget));
        Assert.NotNull(document["components"]!["schemas"]!["com.example.v1.WidgetList"]);
        Assert.NotNull(document["paths"]!["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/status"]!["put"]);
        Assert.NotNull(document["paths"]!["/apis/example.com/v1/widgets"]!["get"]);
    }

    [Fact]
    public void Lists_say_by_what_key_kubectl_merges_them()
    {
        JsonObject document = OpenApiDocument.Of("", "v1", BuiltInKinds.All);
        JsonNode ports = document["components"]!["schemas"]!["io.k8s.api.core.v1.Service"]!["properties"]!["spec"]!["properties"]!["ports"]!;
        Assert.Equal("port", (string?)ports["x-kubernetes-patch-merge-key"]);
        Assert.Equal("merge", (string?)ports["x-kubernetes-patch-strategy"]);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => pair.Key == "$ref" ? [(string)pair.Value!] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
