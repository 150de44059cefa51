using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class DefinitionRequestTests : RunningServer
{
    internal const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: things.example.com
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Thing, plural: things, singular: thing, listKind: ThingList, shortNames: [th]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      size: {type: integer, default: 3}
                      name: {type: string, maxLength: 5}
                  status:
                    type: object
                    x-kubernetes-preserve-unknown-fields: true
          - name: v1beta1
            served: true
            storage: false
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
        """;

    private const string Things = "apis/example.com/v1/namespaces/default/things";

    [Fact]
    public async Task A_definition_serves_its_kinds_at_once()
    {
        Assert.Equal(404, (await Api.GetAsync(Things)).Code);
        await Server.InstallCrdsAsync(Definition);

        Assert.Equal(200, (await Api.GetAsync(Things)).Code);
        JsonObject crd = Server.Get("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com")!;
        Assert.Equal(["NamesAccepted", "Established"], crd["status"]!["conditions"]!.AsArray().Select(c => (string)c!["type"]!));
        Assert.Equal("v1", (string?)crd["status"]!["storedVersions"]![0]);
        Answer group = await Api.GetAsync("apis/example.com");
        Assert.Equal("example.com/v1", (string?)group.Body!["preferredVersion"]!["groupVersion"]);
        Answer resources = await Api.GetAsync("apis/example.com/v1");
        Assert.Equal(["things", "things/status"], resources.Body!["resources"]!.AsArray().Select(r => (string)r!["name"]!));
        Assert.NotNull((await Api.GetAsync("openapi/v3")).Body!["paths"]!["apis/example.com/v1"]);
        Assert.NotNull((await Api.GetAsync("openapi/v3/apis/example.com/v1")).Body!["components"]);
    }

    [Fact]
    public async Task Its_objects_are_defaulted_pruned_and_validated()
    {
        await Server.InstallCrdsAsync(Definition);
        Answer created = await Api.PostAsync(Things, Thing("a", """{"nme":"x"}"""));
        Answer refused = await Api.PostAsync(Things, Thing("b", """{"name":"too long"}"""));

        Assert.Equal("""{"size":3}""", created.Body!["spec"]!.ToJsonString());
        Assert.Equal(422, refused.Code);
        Assert.StartsWith("Thing.example.com \"b\" is invalid: spec.name: Too long", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_versions_show_the_same_objects()
    {
        await Server.InstallCrdsAsync(Definition);
        await Api.PostAsync(Things, Thing("a", "{}"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, "apis/example.com/v1beta1/things?watch=1");
        Answer beta = await Api.GetAsync("apis/example.com/v1beta1/namespaces/default/things/a");
        Answer patched = await Api.MergeAsync("apis/example.com/v1beta1/namespaces/default/things/a", """{"spec":{"size":4}}""");

        Assert.Equal("example.com/v1beta1", (string?)beta.Body!["apiVersion"]);
        Assert.Equal("example.com/v1beta1", (string?)patched.Body!["apiVersion"]);
        Assert.Equal(4, (int)(await Api.GetAsync(Things + "/a")).Body!["spec"]!["size"]!);
        Assert.Equal("example.com/v1beta1", (string?)(await watch.NextAsync())!.Object["apiVersion"]);
    }

    [Fact]
    public async Task A_deleted_definition_takes_its_objects_and_kinds_with_it()
    {
        await Server.InstallCrdsAsync(Definition);
        JsonObject held = Thing("a", "{}");
        held["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await Api.PostAsync(Things, held);
        using WatchReader watch = await WatchReader.OpenAsync(Client, Things + "?watch=1");
        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
        await Api.DeleteAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com");
        Assert.Equal(["MODIFIED a"], await watch.NextAsync(1));
        Assert.Equal(200, (await Api.GetAsync(Things)).Code);
        await Api.MergeAsync(Things + "/a", """{"metadata":{"finalizers":null}}""");
        await Server.UntilAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com", crd => crd is null, Patience);

        Assert.Equal(404, (await Api.GetAsync(Things)).Code);
        Assert.Equal(404, (await Api.GetAsync("apis/example.com")).Code);
    }

    [Fact]
    public async Task A_replaced_definition_still_waits_for_its_objects()
    {
        await Server.InstallCrdsAsync(Definition);
        await Server.InstallCrdsAsync(Definition);
        await Api.PostAsync(Things, Thing("a", "{}"));
        await Server.DeleteAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com");
        await Server.UntilAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com", crd => crd is null, Patience);
        await Server.InstallCrdsAsync(Definition);

        Assert.Empty(Server.List("example.com", "Thing"));
    }

    [Fact]
    public async Task A_kind_can_be_awaited_before_it_is_defined()
    {
        Task<JsonObject> waiting = Server.UntilAsync("example.com", "Thing", "default", "a", thing => thing is not null, Patience);
        await Server.InstallCrdsAsync(Definition);
        await Server.ApplyAsync(Thing("a", "{}"));

        Assert.Equal("a", (string?)(await waiting)["metadata"]!["name"]);
    }

    [Fact]
    public async Task Strategic_patches_are_not_for_custom_kinds()
    {
        await Server.InstallCrdsAsync(Definition);
        await Api.PostAsync(Things, Thing("a", "{}"));

        Assert.Equal(415, (await Api.StrategicAsync(Things + "/a", "{}")).Code);
    }

    [Fact]
    public async Task All_groups_can_be_discovered_in_one_answer()
    {
        await Server.InstallCrdsAsync(Definition);
        Answer groups = await Api.GetAsync("apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");

        Assert.Equal("APIGroupDiscoveryList", (string?)groups.Body!["kind"]);
        JsonNode group = groups.Body["items"]!.AsArray().Single(g => (string?)g!["metadata"]!["name"] == "example.com")!;
        Assert.Equal(["v1", "v1beta1"], group["versions"]!.AsArray().Select(v => (string)v!["version"]!));
        Assert.Equal("things", (string?)group["versions"]![0]!["resources"]![0]!["resource"]);
    }

    private static JsonObject Thing(string name, string spec) => new()
    {
        ["apiVersion"] = "example.com/v1",
        ["kind"] = "Thing",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = JsonNode.Parse(spec),
    };

    [Fact]
    public async Task A_stricter_definition_keeps_nobody_from_changing_the_rest()
    {
        await Server.InstallCrdsAsync(Definition);
        await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"default"},"spec":{"name":"abcde","size":1}}""")!);
        await Server.InstallCrdsAsync(Definition.Replace("maxLength: 5", "maxLength: 3", StringComparison.Ordinal));

        Assert.Equal(200, (await Api.MergeAsync(Things + "/t/status", """{"status":{"seen":true}}""")).Code);
        Assert.Equal(200, (await Api.MergeAsync(Things + "/t", """{"spec":{"size":2}}""")).Code);
        Assert.Equal(422, (await Api.MergeAsync(Things + "/t", """{"spec":{"name":"abcdf"}}""")).Code);
        Assert.Equal(200, (await Api.MergeAsync(Things + "/t", """{"spec":{"name":"abc"}}""")).Code);
        Assert.Equal(422, (await Api.MergeAsync(Things + "/t", """{"spec":{"name":"abcde"}}""")).Code);
    }

    [Fact]
    public async Task Fields_select_where_the_definition_allows_it()
    {
        await Server.InstallCrdsAsync(Definition.Replace("subresources: {status: {}}", "subresources: {status: {}}\n    selectableFields: [{jsonPath: .spec.size}]", StringComparison.Ordinal));
        await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","namespace":"default"},"spec":{"size":1}}""")!);
        await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"b","namespace":"default"},"spec":{"size":2}}""")!);
        Answer found = await Api.GetAsync(Things + "?fieldSelector=spec.size%3D2");

        Assert.Equal("b", (string?)Assert.Single(found.Body!["items"]!.AsArray())!["metadata"]!["name"]);
        Assert.Equal(400, (await Api.GetAsync(Things + "?fieldSelector=spec.name%3Dx")).Code);
    }
}
