using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>An API server that is late, away or back changes nothing of what is served.</summary>
public sealed class ApiServerLifeTests : IAsyncLifetime
{
    private const int Port = 8081;

    private ClusterWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.StartBackendAsync("green");
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_start_without_an_API_server_waits_for_it_and_says_so()
    {
        await _world.Server.StopAsync();
        await using NodeProcess node = await _world.StartNodeAsync();
        await node.ErrorLineAsync(l => l.Contains($"the API server {_world.Server.Url} is not heard", StringComparison.Ordinal));
        (int status, string body) = await node.GetAsync("/readyz");
        Assert.Equal(503, status);
        Assert.Contains("HTTPRoute", body, StringComparison.Ordinal);

        await _world.Server.RestartAsync();
        await node.ReadyAsync();

        Assert.Equal((200, "blue"), await Client.GetAsync(await node.AddressAsync("web"), Port));
    }

    [Fact]
    public async Task A_restart_of_the_API_server_costs_no_request_and_no_edit()
    {
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");
        using var enough = new CancellationTokenSource();
        Task<int> load = LoadAsync(address, enough.Token);

        await _world.Server.StopAsync();
        await node.UntilAsync("the trouble is told", async () => (await node.GetAsync("/problems")).Body.Contains("is not heard", StringComparison.Ordinal));
        Assert.Equal(200, (await node.GetAsync("/readyz")).Status);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "green"));
        await _world.Server.RestartAsync();
        await node.UntilAsync("green answers", async () => await Client.GetAsync(address, Port) == (200, "green"));
        await node.UntilAsync("the trouble is over", async () => JsonNode.Parse((await node.GetAsync("/problems")).Body)!.AsArray().Count == 0);
        await enough.CancelAsync();

        Assert.True(await load > 100, "the load never came about");
    }

    [Fact]
    public async Task An_API_server_that_dies_again_and_again_loses_no_edit_and_causes_no_status_write()
    {
        const int Deaths = 10;
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");
        await _world.UntilAsync("HTTPRoute", "site", r => r?["status"]?["parents"] is not null);
        await _world.UntilAsync("Gateway", "web", g => g?["status"]?["addresses"] is not null);
        int gatewayWrites = _world.Server.Requests.StatusWrites("gateways");
        for (int i = 0; i < Deaths; i++)
        {
            string now = i % 2 == 0 ? "green" : "blue";
            await _world.Server.StopAsync();
            await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", now));
            await _world.Server.RestartAsync();
            await node.UntilAsync($"{now} answers", async () => await Client.GetAsync(address, Port) == (200, now));
        }

        // The last edit has been told, so whatever was to be written before has been, too.
        int generation = _world.Server.Get("gateway.networking.k8s.io", "HTTPRoute", "default", "site")!["metadata"]!["generation"]!.GetValue<int>();
        await _world.UntilAsync(
            "HTTPRoute", "site", r => r?["status"]?["parents"]?[0]?["conditions"]?[0]?["observedGeneration"]?.GetValue<int>() == generation);
        Assert.Equal(gatewayWrites, _world.Server.Requests.StatusWrites("gateways"));
    }

    /// <summary>One request after the other; each has to succeed.</summary>
    private static async Task<int> LoadAsync(string address, CancellationToken enough)
    {
        using var client = new HttpClient { Timeout = Client.Patience };
        int count = 0;
        for (long began = Stopwatch.GetTimestamp(); !enough.IsCancellationRequested && Stopwatch.GetElapsedTime(began) < 4 * Client.Patience; count++)
        {
            Assert.Equal(200, (await Client.GetAsync(client, address, Port)).Status);
        }

        return count;
    }
}
