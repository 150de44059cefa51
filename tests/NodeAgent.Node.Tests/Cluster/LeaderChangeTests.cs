using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>Two processes of one cluster, of which the one that writes stands still for longer than its Lease.</summary>
public sealed class LeaderChangeTests : IAsyncLifetime
{
    private const int Port = 8084;

    private readonly ConcurrentQueue<string> _shown = new();

    private readonly CancellationTokenSource _stop = new();

    private ClusterWorld _world = null!;

    private Task _following = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        _following = FollowAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_leader_that_wakes_after_its_Lease_takes_back_nothing_of_what_the_next_has_written()
    {
        await using NodeProcess first = await _world.ReadyNodeAsync();
        string before = await first.AddressAsync("web");
        await _world.UntilAsync("Gateway", "web", g => AddressOf(g) == before);
        await using NodeProcess second = await _world.ReadyNodeAsync();
        string address = await second.AddressAsync("web");
        Assert.NotEqual(before, address);

        first.Signal("STOP");
        try
        {
            await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "meanwhile", "web/http", "blue"));
            await second.UntilAsync("it leads", () => LeadsAsync(second));
            await _world.UntilAsync("Gateway", "web", g => AddressOf(g) == address);
            await _world.UntilAsync("HTTPRoute", "meanwhile", IsAccepted);
        }
        finally
        {
            first.Signal("CONT");
        }

        // It knows by then what came meanwhile, and says of the Gateway what it said before it stood still.
        await first.UntilAsync("it serves what came meanwhile", async () => (await first.GetAsync("/objects")).Body.Contains("meanwhile", StringComparison.Ordinal));
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "after", "web/http", "blue"));
        await _world.UntilAsync("HTTPRoute", "after", IsAccepted);
        await _world.UntilAsync("Gateway", "web", g => (int?)g?["status"]?["listeners"]?[0]?["attachedRoutes"] == 2);
        Assert.False(await LeadsAsync(first));
        Assert.Equal([before, address], _shown);
    }

    private static async Task<bool> LeadsAsync(NodeProcess node) => (await node.GetAsync("/metrics")).Body.Split('\n').Contains("is_leader 1");

    private static string? AddressOf(JsonObject? gateway) => (string?)gateway?["status"]?["addresses"]?[0]?["value"];

    private static bool IsAccepted(JsonObject? route) => (route?["status"]?["parents"]?[0]?["conditions"] as JsonArray ?? [])
        .Any(c => (string?)c!["type"] == "Accepted" && (string?)c["status"] == "True");

    /// <summary>Every address that the status of the Gateway ever shows, the same one in a row once.</summary>
    private async Task FollowAsync()
    {
        try
        {
            await _world.Server.UntilAsync("gateway.networking.k8s.io", "Gateway", "default", "web", Saw, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        bool Saw(JsonObject? gateway)
        {
            if (AddressOf(gateway) is string address && _shown.LastOrDefault() != address)
            {
                _shown.Enqueue(address);
            }

            return false;
        }
    }
}
