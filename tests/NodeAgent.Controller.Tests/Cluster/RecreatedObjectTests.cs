using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>An object that goes and comes again under its name is another one.</summary>
public class RecreatedObjectTests
{
    [Fact]
    public async Task What_was_said_of_the_one_before_is_not_said_of_the_new_one()
    {
        await using WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyGatewayAsync();
        await world.ApplyRouteAsync();
        RunningController controller = world.Start();
        await world.ProgrammedAsync();
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        await using var history = new StatusHistory(world, "Gateway", "gw");

        // The loop is kept busy, so that it learns of the new one later than the writer.
        var busy = new TaskCompletionSource();
        controller.Sink.Until = busy.Task;
        await world.Server.DeleteAsync(WritersWorld.Group, "Gateway", "default", "gw");
        await world.Server.ApplyAsync($$"""
            apiVersion: {{WritersWorld.Group}}/v1
            kind: Gateway
            metadata: {name: gw, namespace: default}
            spec: {gatewayClassName: nodeagent, listeners: [{name: other, port: 81, protocol: HTTP}]}
            """);
        string uid = (string)world.Get("Gateway", "gw")["metadata"]!["uid"]!;

        // What the writer does of its own accord tells that it has seen the new one: watches tell of both in their order.
        await world.UntilAsync("", "Service", "default", "nodeagent-gw", s => (string?)s?["metadata"]?["ownerReferences"]?[0]?["uid"] == uid);
        await world.Server.PatchStatusAsync(
            WritersWorld.Group, "HTTPRoute", "default", "site", JsonNode.Parse("""{"status": {"parents": []}}""")!);
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        Assert.Null(world.Get("Gateway", "gw")["status"]);

        busy.SetResult();
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.StatusOf(g, "Programmed") == "True" && (string?)g!["status"]!["listeners"]![0]!["name"] == "other");
        Assert.DoesNotContain(history.Statuses.Skip(1), s => (string?)s["listeners"]?[0]?["name"] == "http");
    }

    [Fact]
    public async Task All_is_said_again_of_one_that_comes_again_just_as_it_was()
    {
        await using WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyServiceAsync();
        await world.ApplyGatewayAsync();
        await world.ApplyRouteAsync();
        RunningController controller = world.Start();
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 1);
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");

        // The loop learns of their going and of their coming at once: for it nothing but who they are has changed.
        var busy = new TaskCompletionSource();
        controller.Sink.Until = busy.Task;
        int applied = controller.Sink.Applied.Length;
        await world.ApplyRouteAsync("another");
        await controller.Sink.CalledAsync(applied + 1);
        foreach ((string kind, string name) in new[] { ("Gateway", "gw"), ("HTTPRoute", "site") })
        {
            await world.Server.DeleteAsync(WritersWorld.Group, kind, "default", name);
        }

        await world.ApplyGatewayAsync();
        await world.ApplyRouteAsync();
        string uid = (string)world.Get("Gateway", "gw")["metadata"]!["uid"]!;
        await world.UntilAsync("", "Service", "default", "nodeagent-gw", s => (string?)s?["metadata"]?["ownerReferences"]?[0]?["uid"] == uid);
        busy.SetResult();

        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 2 && WritersWorld.StatusOf(g, "Programmed") == "True");
        await world.UntilAsync("HTTPRoute", "site", r => WritersWorld.RouteIs(r, "Accepted") == "True");
    }

    [Fact]
    public async Task Its_Service_belongs_to_the_new_one_alone()
    {
        await using WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyGatewayAsync();
        RunningController controller = world.Start();
        await world.ProgrammedAsync();
        for (int i = 0; i < 20; i++)
        {
            await world.Server.DeleteAsync(WritersWorld.Group, "Gateway", "default", "gw");
            await world.ApplyGatewayAsync();
            string uid = (string)world.Get("Gateway", "gw")["metadata"]!["uid"]!;
            await world.UntilAsync("", "Service", "default", "nodeagent-gw", s =>
                s?["metadata"]?["ownerReferences"] is JsonArray { Count: 1 } owners && (string?)owners[0]!["uid"] == uid);
        }

        Assert.Equal("", string.Join("\n", controller.Log.Lines.Where(l => l.Contains("is not taken", StringComparison.Ordinal))));
    }
}
