using System.Text.Json.Nodes;
using NodeAgent.TestCluster;

namespace NodeAgent.Controller.Tests.Cluster;

public class StatusWriterTests
{
    private const string Theirs = """{"parentRef":{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"other"},"controllerName":"example.net/other","conditions":[{"type":"Accepted","status":"True","reason":"Accepted","message":"","lastTransitionTime":"2020-01-01T00:00:00Z","observedGeneration":1}]}""";

    [Fact]
    public async Task Statuses_are_on_the_objects()
    {
        await using WritersWorld world = await ReadyAsync();
        JsonObject gateway = await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 1);
        Assert.StartsWith("192.0.2.", (string?)gateway["status"]!["addresses"]![0]!["value"], StringComparison.Ordinal);
        await world.UntilAsync("GatewayClass", "nodeagent", c => WritersWorld.StatusOf(c, "Accepted") == "True");
        JsonObject route = await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        Assert.Equal(1, (long)WritersWorld.ConditionOf(WritersWorld.OursOf(route), "Accepted")!["observedGeneration"]!);
        Assert.NotNull(WritersWorld.ConditionOf(WritersWorld.OursOf(route), "ResolvedRefs")!["lastTransitionTime"]);
    }

    [Fact]
    public async Task What_other_controllers_say_of_a_route_stays_when_ours_comes_and_goes()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        JsonNode ours = WritersWorld.OursOf(world.Get("HTTPRoute", "site"))!.DeepClone();
        await world.Server.PatchStatusAsync(WritersWorld.Group, "HTTPRoute", "default", "site", Status(new JsonArray(JsonNode.Parse(Theirs), ours)));

        // Our entry changes.
        await world.Server.DeleteAsync("", "Service", "default", "app");
        JsonObject route = await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "ResolvedRefs") == "False");
        Assert.Equal(Theirs, route["status"]!["parents"]![0]!.ToJsonString());

        // It leaves our Gateway.
        await world.ApplyRouteAsync(gateway: "other");
        route = await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.OursOf(r) is null);
        Assert.Equal($"[{Theirs}]", route["status"]!["parents"]!.ToJsonString());
    }

    [Fact]
    public async Task What_somebody_wipes_or_changes_is_said_again()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        await world.Server.PatchStatusAsync(WritersWorld.Group, "HTTPRoute", "default", "site", Status(new JsonArray()));
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
    }

    [Fact]
    public async Task A_conflict_is_decided_on_what_the_object_is_then()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        JsonObject before = world.Get("HTTPRoute", "site");

        world.Server.Faults.Answer(409, 3, r => r.Subresource == "status" && r.Resource == "httproutes");
        await world.Server.DeleteAsync("", "Service", "default", "app");
        JsonObject after = await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "ResolvedRefs") == "False");
        Assert.Equal(0, world.Server.Faults.Waiting);
        Assert.Equal(
            (string?)WritersWorld.ConditionOf(WritersWorld.OursOf(before), "Accepted")!["lastTransitionTime"],
            (string?)WritersWorld.ConditionOf(WritersWorld.OursOf(after), "Accepted")!["lastTransitionTime"]);
    }

    [Fact]
    public async Task A_restart_writes_nothing_that_is_said_already()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 1);
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        await world.UntilAsync("GatewayClass", "nodeagent", c => WritersWorld.StatusOf(c, "Accepted") == "True");
        await world.StopAllAsync();
        world.Server.Requests.Clear();

        // A route that comes now is written last of all that the new leader looks at, or nearly so.
        RunningController again = world.Start("two");
        await again.Election.UntilAsync(true, CancellationToken.None).WaitAsync(WritersWorld.Patience);
        await world.ApplyRouteAsync("late");
        await world.UntilAsync("HTTPRoute", "late", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 2);

        // A request is logged when it has been answered, a moment after what it wrote is there.
        await Kubernetes.ResourceWatchTests.UntilAsync(() => world.Server.Requests.StatusWrites("gateways") >= 1);
        Assert.Equal(0, world.Server.Requests.StatusWrites("httproutes", "default", "site"));
        Assert.Equal(0, world.Server.Requests.StatusWrites("gatewayclasses"));
        Assert.Equal(1, world.Server.Requests.StatusWrites("gateways"));
    }

    [Fact]
    public async Task What_was_said_before_a_restart_and_holds_no_more_is_taken_back()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        await world.StopAllAsync();
        await world.ApplyRouteAsync(gateway: "other");
        world.Start("two");
        await world.UntilAsync("HTTPRoute", "site", r => r!["status"]!["parents"]!.AsArray().Count == 0);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(409)]
    public async Task What_holds_no_more_is_taken_back_though_the_server_does_not_take_it_at_once(int code)
    {
        await using WritersWorld world = await ReadyAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        world.Server.Faults.Answer(code, 6, r => r.Subresource == "status" && r.Resource == "httproutes", retryAfterSeconds: 0);
        await world.ApplyRouteAsync(gateway: "other");
        await world.UntilAsync("HTTPRoute", "site", r => r!["status"]!["parents"]!.AsArray().Count == 0);
        Assert.Equal(0, world.Server.Faults.Waiting);
    }

    [Fact]
    public async Task Only_the_leader_writes()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.ProgrammedAsync();
        RunningController second = world.Start("two");
        await second.Reconciler.NewerThanAsync(0, CancellationToken.None).WaitAsync(WritersWorld.Patience);
        await world.ApplyRouteAsync("another");
        await world.UntilAsync("HTTPRoute", "another", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        Assert.Equal(0, second.Writers.StatusesWritten);
        Assert.False(second.Election.IsLeader);
    }

    [Fact]
    public async Task What_the_server_drops_of_a_status_is_not_written_again_and_again()
    {
        // A definition that knows nothing of supportedKinds, as older ones do not know newer fields.
        string definitions = TestDefinitions.GatewayApi + "\n---\n" + TestDefinitions.Of("gateway.networking.x-k8s.io", "v1alpha1", "XBackend", "xbackends");
        string strict = TestDefinitions.Of(
            WritersWorld.Group, "v1", "GatewayClass", "gatewayclasses", "Cluster",
            "{type: object, properties: {conditions: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}");
        await using WritersWorld world = await WritersWorld.StartAsync(definitions);
        await world.Server.InstallCrdsAsync(strict);
        await world.ApplyClassAsync();
        world.Start();
        await world.UntilAsync("GatewayClass", "nodeagent", c => WritersWorld.StatusOf(c, "Accepted") == "True");
        Assert.Null(world.Get("GatewayClass", "nodeagent")["status"]!["supportedFeatures"]);
        for (int i = 0; i < 5; i++)
        {
            await world.ApplyGatewayAsync($"gw{i}");
            await world.ProgrammedAsync($"gw{i}");
        }

        Assert.Equal(1, world.Server.Requests.StatusWrites("gatewayclasses"));
    }

    [Fact]
    public async Task Conditions_of_others_on_a_Gateway_stay()
    {
        await using WritersWorld world = await ReadyAsync();
        await world.ProgrammedAsync();
        JsonArray conditions = [.. world.Get("Gateway", "gw")["status"]!["conditions"]!.AsArray().Select(c => c!.DeepClone()), JsonNode.Parse("""{"type":"example.net/Audited","status":"True"}""")];
        await world.Server.PatchStatusAsync(WritersWorld.Group, "Gateway", "default", "gw", new JsonObject { ["status"] = new JsonObject { ["conditions"] = conditions } });
        await world.ApplyRouteAsync("another");
        JsonObject gateway = await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 2);
        Assert.Equal("True", WritersWorld.StatusOf(gateway, "example.net/Audited"));
    }

    private static JsonObject Status(JsonArray parents) => new() { ["status"] = new JsonObject { ["parents"] = parents } };

    private static async Task<WritersWorld> ReadyAsync()
    {
        WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyServiceAsync();
        await world.ApplyGatewayAsync();
        await world.ApplyRouteAsync();
        world.Start();
        return world;
    }
}
