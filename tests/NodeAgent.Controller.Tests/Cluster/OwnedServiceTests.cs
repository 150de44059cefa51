using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Tests.Cluster;

public class OwnedServiceTests
{
    private const string Infrastructure = "infrastructure: {labels: {key2: value2}, annotations: {key1: value1}}";

    [Fact]
    public async Task A_Gateway_has_a_Service_with_its_infrastructure_labels_and_annotations()
    {
        await using WritersWorld world = await StartAsync(Infrastructure);
        JsonObject service = await ServiceAsync(world, s => Label(s, "key2") == "value2");
        JsonObject gateway = world.Get("Gateway", "gw");
        Assert.Equal("gw", Label(service, "gateway.networking.k8s.io/gateway-name"));
        Assert.Equal("nodeagent", Label(service, "gateway.networking.k8s.io/gateway-class-name"));
        Assert.Equal("value1", (string?)service["metadata"]!["annotations"]!["key1"]);
        Assert.Equal("None", (string?)service["spec"]!["clusterIP"]);
        Assert.Equal("ClusterIP", (string?)service["spec"]!["type"]);
        Assert.Null(service["spec"]!["selector"]);
        JsonNode owner = Assert.Single(service["metadata"]!["ownerReferences"]!.AsArray())!;
        Assert.Equal((string?)gateway["metadata"]!["uid"], (string?)owner["uid"]);
        Assert.True((bool)owner["controller"]!);
    }

    [Fact]
    public async Task Who_reads_that_a_Gateway_is_accepted_finds_its_Service_whole()
    {
        await using WritersWorld world = await StartAsync(Infrastructure);
        world.Server.Faults.Slow(TimeSpan.FromMilliseconds(200), 2, r => r.Resource == "services" && r.Verb is "create" or "patch");
        for (int i = 0; i < 3; i++)
        {
            await world.ApplyGatewayAsync($"gw{i}", more: Infrastructure);
            await world.UntilAsync("Gateway", $"gw{i}", g => WritersWorld.StatusOf(g, "Accepted") == "True");
            JsonObject service = world.Server.Get("", "Service", "default", $"nodeagent-gw{i}")!;
            Assert.Equal("value2", Label(service, "key2"));
            Assert.Equal("value1", (string?)service["metadata"]!["annotations"]!["key1"]);
        }
    }

    [Fact]
    public async Task Routes_that_come_and_go_are_nothing_to_the_Service()
    {
        await using WritersWorld world = await StartAsync();
        await world.ProgrammedAsync();
        await ServiceAsync(world, s => Label(s, "gateway.networking.k8s.io/gateway-name") == "gw");
        world.Server.Requests.Clear();
        for (int i = 0; i < 10; i++)
        {
            await world.ApplyRouteAsync($"r{i}");
            await world.UntilAsync("HTTPRoute", $"r{i}", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        }

        Assert.Equal(0, world.Server.Requests.Count(r => r.Request.Resource == "services" && r.Request.Verb is not ("list" or "watch")));
    }

    [Fact]
    public async Task Labels_and_annotations_follow_the_Gateway()
    {
        await using WritersWorld world = await StartAsync(Infrastructure);
        await ServiceAsync(world, s => Label(s, "key2") == "value2");
        await world.Server.PatchAsync("", "Service", "default", "nodeagent-gw", JsonNode.Parse("""{"metadata":{"labels":{"theirs":"stays"}}}""")!);
        await world.ApplyGatewayAsync(more: "infrastructure: {labels: {key2: other, key3: value3}}");
        JsonObject service = await ServiceAsync(world, s => Label(s, "key3") == "value3");
        Assert.Equal("other", Label(service, "key2"));
        Assert.Null(service["metadata"]!["annotations"]?["key1"]);
        Assert.Equal("stays", Label(service, "theirs"));
    }

    [Fact]
    public async Task What_somebody_deletes_is_made_again_and_what_somebody_edits_is_mended()
    {
        await using WritersWorld world = await StartAsync(Infrastructure);
        JsonObject first = await ServiceAsync(world, s => Label(s, "key2") == "value2");
        await world.Server.DeleteAsync("", "Service", "default", "nodeagent-gw");
        await ServiceAsync(world, s => Label(s, "key2") == "value2" && UidOf(s) != UidOf(first));

        await world.Server.PatchAsync(
            "", "Service", "default", "nodeagent-gw",
            JsonNode.Parse("""{"metadata":{"labels":{"key2":"edited"}},"spec":{"selector":{"app":"mine"}}}""")!);
        await ServiceAsync(world, s => Label(s, "key2") == "value2" && s!["spec"]!["selector"] is null);

        await world.Server.PatchAsync(
            "", "Service", "default", "nodeagent-gw", JsonNode.Parse("""{"metadata":{"labels":{"app.kubernetes.io/managed-by":null}}}""")!);
        await ServiceAsync(world, s => Label(s, "app.kubernetes.io/managed-by") == "nodeagent");
    }

    [Fact]
    public async Task A_Service_of_that_name_that_is_not_ours_is_left_alone_and_told_of()
    {
        await using WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyServiceAsync("nodeagent-gw");
        string before = world.Server.Get("", "Service", "default", "nodeagent-gw")!.ToJsonString();
        await world.ApplyClassAsync();
        await world.ApplyGatewayAsync();
        world.Start();
        await world.ProgrammedAsync();
        await EventAsync(world, "ServiceNotOurs");
        Assert.Equal(before, world.Server.Get("", "Service", "default", "nodeagent-gw")!.ToJsonString());
    }

    [Fact]
    public async Task It_goes_when_the_Gateway_leaves_our_class_or_is_deleted()
    {
        await using WritersWorld world = await StartAsync();
        await ServiceAsync(world, s => s is not null);
        await world.ApplyGatewayAsync(className: "somebody-else");
        await ServiceAsync(world, s => s is null);

        await world.ApplyGatewayAsync();
        await ServiceAsync(world, s => s is not null);
        await world.Server.DeleteAsync(WritersWorld.Group, "Gateway", "default", "gw");
        await ServiceAsync(world, s => s is null);
    }

    [Fact]
    public async Task Conditions_that_turn_bad_and_good_again_are_told_as_Events()
    {
        await using WritersWorld world = await StartAsync();
        await world.ApplyRouteAsync();
        JsonObject bad = await EventAsync(world, "BackendNotFound");
        Assert.Equal("Warning", (string?)bad["type"]);
        Assert.Equal("site", (string?)bad["regarding"]!["name"]);
        await world.ApplyServiceAsync();
        Assert.Equal("Normal", (string?)(await EventAsync(world, "ResolvedRefs"))["type"]);
    }

    [Fact]
    public async Task A_class_has_the_finalizer_as_long_as_a_Gateway_uses_it()
    {
        await using WritersWorld world = await StartAsync();
        await world.UntilAsync("GatewayClass", "nodeagent", HasFinalizer);
        await world.Server.PatchAsync(
            WritersWorld.Group, "GatewayClass", "", "nodeagent",
            JsonNode.Parse("""{"metadata":{"finalizers":["example.net/theirs","gateway-exists-finalizer.gateway.networking.k8s.io"]}}""")!);
        await world.Server.DeleteAsync(WritersWorld.Group, "Gateway", "default", "gw");
        JsonObject left = await world.UntilAsync("GatewayClass", "nodeagent", c => !HasFinalizer(c));
        Assert.Equal("""["example.net/theirs"]""", left["metadata"]!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_is_told_of_as_an_Event()
    {
        await using WritersWorld world = await StartAsync();
        await world.ProgrammedAsync();
        await world.Server.ApplyAsync("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: bad, namespace: default}\nspec: {parentRefs: [{name: gw}], rules: 5}");
        JsonObject told = await EventAsync(world, "Unreadable");
        Assert.Contains("spec.rules", (string?)told["note"], StringComparison.Ordinal);
        await world.ApplyRouteAsync("bad");
        await EventAsync(world, "Readable");
    }

    private static async Task<WritersWorld> StartAsync(string more = "")
    {
        WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyGatewayAsync(more: more);
        world.Start();
        return world;
    }

    private static bool HasFinalizer(JsonNode? item) =>
        (item?["metadata"]?["finalizers"] as JsonArray)?.Any(f => (string?)f == "gateway-exists-finalizer.gateway.networking.k8s.io") == true;

    private static Task<JsonObject> ServiceAsync(WritersWorld world, Func<JsonObject?, bool> wanted) =>
        world.UntilAsync("", "Service", "default", "nodeagent-gw", wanted);

    private static async Task<JsonObject> EventAsync(WritersWorld world, string reason)
    {
        // Their names are made up, so that there is none to wait for.
        using var patience = new CancellationTokenSource(WritersWorld.Patience);
        while (true)
        {
            if (world.Server.List("events.k8s.io", "Event").FirstOrDefault(e => (string?)e["reason"] == reason) is JsonObject found)
            {
                return found;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    private static string? Label(JsonObject? item, string name) => (string?)item?["metadata"]?["labels"]?[name];

    private static string? UidOf(JsonObject? item) => (string?)item?["metadata"]?["uid"];
}
