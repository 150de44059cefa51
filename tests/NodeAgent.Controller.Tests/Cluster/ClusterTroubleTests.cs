using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Tests.Cluster;

public class ClusterTroubleTests
{
    private const int Routes = 5;

    /// <summary>How often the API server dies: 10 times, or as often as the environment says.</summary>
    private static int Deaths { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("NODEAGENT_TEST_API_SERVER_DEATHS"), CultureInfo.InvariantCulture, out int deaths) ? deaths : 10;

    [Fact]
    public async Task An_API_server_that_dies_and_returns_loses_no_edit_and_no_status_flaps()
    {
        await using WritersWorld world = await StartAsync(Routes);
        await using var gateway = new StatusHistory(world, "Gateway", "gw");
        StatusHistory[] routes = [.. Enumerable.Range(0, Routes).Select(i => new StatusHistory(world, "HTTPRoute", $"r{i}"))];
        RunningController controller = world.Start();
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == Routes);
        for (int death = 0; death < Deaths; death++)
        {
            string edited = $"r{death % Routes}";

            // Some writes take effect and nobody learns of it.
            world.Server.Faults.DropAfter(1, r => r.Subresource == "status");
            await world.Server.PatchAsync(WritersWorld.Group, "HTTPRoute", "default", edited, Hostname($"before{death}.example.com"));
            await world.Server.StopAsync();
            JsonObject after = await world.Server.PatchAsync(WritersWorld.Group, "HTTPRoute", "default", edited, Hostname($"after{death}.example.com"));
            if (death % 5 == 4)
            {
                await controller.Election.UntilAsync(false, CancellationToken.None).WaitAsync(WritersWorld.Patience);
            }

            await world.Server.RestartAsync();
            long generation = (long)after["metadata"]!["generation"]!;
            await world.UntilAsync("HTTPRoute", edited, r => Observed(r) == generation && WritersWorld.RouteIs(r, "Accepted") == "True");
            world.Server.Faults.Clear();
        }

        foreach (StatusHistory history in routes.Append(gateway))
        {
            Assert.NotEmpty(history.Turns("status"));
            Assert.All(history.Turns("status"), turns => Assert.Equal("True", Assert.Single(turns.Value)));
            Assert.All(history.Turns("lastTransitionTime"), turns => Assert.Single(turns.Value));
        }

        foreach (StatusHistory history in routes)
        {
            Assert.All(history.Turns("observedGeneration"), turns => Assert.Equal(turns.Value.Select(long.Parse).Order(), turns.Value.Select(long.Parse)));
            await history.DisposeAsync();
        }
    }

    [Fact]
    public async Task Many_routes_one_after_the_other_cost_few_writes_of_their_Gateway()
    {
        const int many = 500;
        await using WritersWorld world = await StartAsync(0);
        world.Start();
        await world.ProgrammedAsync();
        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 0);
        world.Server.Requests.Clear();
        for (int i = 0; i < many; i++)
        {
            await world.ApplyRouteAsync($"r{i}");
        }

        await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == many);
        for (int i = 0; i < many; i++)
        {
            await world.UntilAsync("HTTPRoute", $"r{i}", r => WritersWorld.RouteIs(r, "Accepted") == "True");
        }

        // A request is logged when it has been answered, a moment after what it wrote is there.
        await Kubernetes.ResourceWatchTests.UntilAsync(() => world.Server.Requests.StatusWrites("httproutes") >= many);
        Assert.InRange(world.Server.Requests.StatusWrites("gateways", "default", "gw"), 1, 20);
        Assert.Equal(many, world.Server.Requests.StatusWrites("httproutes"));
    }

    [Fact]
    public async Task The_lead_goes_from_one_process_to_another_without_a_trace_in_statuses()
    {
        await using WritersWorld world = await StartAsync(2);
        await using var gateway = new StatusHistory(world, "Gateway", "gw");
        for (int i = 0; i < 3; i++)
        {
            RunningController controller = world.Start($"leader{i}");
            await controller.Election.UntilAsync(true, CancellationToken.None).WaitAsync(WritersWorld.Patience);
            await world.ApplyRouteAsync($"more{i}");
            await world.UntilAsync("Gateway", "gw", g => WritersWorld.AttachedTo(g) == 3 + i);
            await world.StopAllAsync();
        }

        Assert.All(gateway.Turns("lastTransitionTime"), turns => Assert.Single(turns.Value));
        Assert.All(gateway.Turns("status"), turns => Assert.Single(turns.Value));
    }

    private static JsonObject Hostname(string name) => new() { ["spec"] = new JsonObject { ["hostnames"] = new JsonArray(name) } };

    private static long Observed(JsonNode? route) =>
        (long?)WritersWorld.ConditionOf(WritersWorld.OursOf(route), "Accepted")?["observedGeneration"] ?? 0;

    private static async Task<WritersWorld> StartAsync(int routes)
    {
        WritersWorld world = await WritersWorld.StartAsync();
        await world.ApplyClassAsync();
        await world.ApplyServiceAsync();
        await world.ApplyGatewayAsync();
        for (int i = 0; i < routes; i++)
        {
            await world.ApplyRouteAsync($"r{i}");
        }

        return world;
    }
}
