using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class PatchTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    private const string One = Api.Deployments + "/d";

    [Fact]
    public async Task A_JSON_patch_does_its_operations_in_order()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1"), ("y", "2")));
        Answer patched = await Api.PatchAsync(Maps + "/a", """
            [{"op":"test","path":"/data/x","value":"1"},{"op":"add","path":"/data/z","value":"4"},{"op":"remove","path":"/data/y"},
             {"op":"replace","path":"/data/x","value":"5"},{"op":"add","path":"/metadata/annotations","value":{"a/b":"3"}},
             {"op":"move","from":"/metadata/annotations/a~1b","path":"/data/c"},{"op":"copy","from":"/data/c","path":"/data/d"}]
            """);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"x":"5","z":"4","c":"3","d":"3"}"""), patched.Body!["data"]));
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/data/x","value":"2"}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/data/none"}]""", 422)]
    [InlineData("""[{"op":"replace","path":"/data/none","value":"2"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/none/x","value":"2"}]""", 422)]
    [InlineData("""{"op":"add"}""", 400)]
    public async Task A_JSON_patch_that_does_not_fit_changes_nothing(string patch, int code)
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));
        Answer refused = await Api.PatchAsync(Maps + "/a", patch);

        Assert.Equal(code, refused.Code);
        Assert.Equal(created.Version, (await Api.GetAsync(Maps + "/a")).Version);
    }

    [Fact]
    public async Task A_merge_patch_of_an_old_version_conflicts()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""");
        Answer conflict = await Api.MergeAsync(Maps + "/a", $$$"""{"metadata":{"resourceVersion":"{{{created.Version}}}"},"data":{"x":"2"}}""");

        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
    }

    [Fact]
    public async Task A_strategic_patch_merges_lists_by_their_keys()
    {
        await Api.PostAsync(Api.Deployments, Api.Deployment("d"));
        Answer added = await Api.StrategicAsync(One, """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"two:1"},{"name":"one","image":"one:2"}]}}}}""");
        Answer ordered = await Api.StrategicAsync(One, """{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"two"},{"name":"one"}],"containers":[{"name":"two","image":"two:2"}]}}}}""");
        Answer removed = await Api.StrategicAsync(One, """{"spec":{"template":{"spec":{"containers":[{"name":"one","$patch":"delete"}]}}}}""");
        Answer replaced = await Api.StrategicAsync(One, """{"spec":{"template":{"spec":{"containers":[{"$patch":"replace"},{"name":"three","image":"three:1"}]}}}}""");

        Assert.Equal("one=one:2,two=two:1", Containers(added));
        Assert.Equal("two=two:2,one=one:2", Containers(ordered));
        Assert.Equal("two=two:2", Containers(removed));
        Assert.Equal("three=three:1", Containers(replaced));
    }

    [Fact]
    public async Task A_strategic_patch_replaces_maps_and_keeps_keys_when_told_so()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1"), ("y", "2")));
        Answer kept = await Api.StrategicAsync(Maps + "/a", """{"data":{"$retainKeys":["x","z"],"z":"3"}}""");
        Assert.Equal("""{"x":"1","z":"3"}""", kept.Body!["data"]!.ToJsonString());
        Answer replaced = await Api.StrategicAsync(Maps + "/a", """{"data":{"$patch":"replace","q":"4"}}""");
        Assert.Equal("""{"q":"4"}""", replaced.Body!["data"]!.ToJsonString());
        Answer gone = await Api.StrategicAsync(Maps + "/a", """{"data":{"$patch":"delete"}}""");
        Assert.Null(gone.Body!["data"]);
    }

    [Fact]
    public async Task A_strategic_patch_adds_to_and_removes_from_sets()
    {
        JsonObject item = Api.ConfigMap("a");
        item["metadata"]!["finalizers"] = new JsonArray("example.com/a");
        await Api.PostAsync(Maps, item);
        Answer added = await Api.StrategicAsync(Maps + "/a", """{"metadata":{"finalizers":["example.com/b"]}}""");
        Answer removed = await Api.StrategicAsync(Maps + "/a", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["example.com/a"]}}""");

        Assert.Equal("""["example.com/a","example.com/b"]""", added.Body!["metadata"]!["finalizers"]!.ToJsonString());
        Assert.Equal("""["example.com/b"]""", removed.Body!["metadata"]!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public async Task Patches_of_other_types_are_refused()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a"));

        Assert.Equal(415, (await Api.SendAsync(HttpMethod.Patch, Maps + "/a", "{}", "application/json")).Code);
        Assert.Equal(404, (await Api.MergeAsync(Maps + "/b", "{}")).Code);
    }

    private static string Containers(Answer deployment) =>
        string.Join(',', deployment.Body!["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => $"{c!["name"]}={c["image"]}"));
}
