using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Commands;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>What the process tells, to the API server and to whoever asks it.</summary>
public sealed class ClusterStatusTests : IAsyncLifetime
{
    private const int Port = 8083;

    private ClusterWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Statuses_are_written_and_shown_and_counted()
    {
        await using NodeProcess node = await _world.ReadyNodeAsync();
        JsonObject gateway = await _world.UntilAsync("Gateway", "web", g => Condition(g, "Programmed") == "True");
        Assert.Equal(await node.AddressAsync("web"), gateway["status"]!["addresses"]![0]!["value"]!.ToString());

        Invocation status = await Invocation.OfAsync($"status --admin {node.AdminUrl}");
        Assert.Contains("default/web", status.Out, StringComparison.Ordinal);
        await node.UntilAsync("it says it leads", async () => (await MetricsAsync(node)).Contains("is_leader 1"));
        string[] metrics = await MetricsAsync(node);
        Assert.Contains("cluster_kinds_waited_for 0", metrics);
        Assert.Contains("cluster_objects{group=\"gateway.networking.k8s.io\",kind=\"Gateway\"} 1", metrics);
        Assert.Contains(metrics, l => l.StartsWith("rest_client_requests_total{verb=\"watch\",resource=\"httproutes\",code=\"200\"}", StringComparison.Ordinal));
        Assert.Contains(metrics, l => l.StartsWith("status_writes_total ", StringComparison.Ordinal) && l != "status_writes_total 0");
    }

    [Fact]
    public async Task An_address_shown_in_the_status_outlives_the_state_folder()
    {
        string address;
        string pool = NodeProcess.NewPool();
        await using (NodeProcess node = await _world.ReadyNodeAsync(pool: pool))
        {
            await _world.UntilAsync("Gateway", "web", g => Condition(g, "Programmed") == "True");
            address = await node.AddressAsync("web");
        }

        // Not the one that it would be given again anyway.
        string other = address[..(address.LastIndexOf('.') + 1)] + (address.EndsWith(".77", StringComparison.Ordinal) ? "78" : "77");
        await _world.Server.PatchStatusAsync(
            "gateway.networking.k8s.io", "Gateway", "default", "web", JsonNode.Parse($$$"""{"status": {"addresses": [{"type": "IPAddress", "value": "{{{other}}}"}]}}""")!);
        await using NodeProcess again = await _world.ReadyNodeAsync(pool: pool);

        Assert.Equal(other, await again.AddressAsync("web"));
        Assert.Equal((200, "blue"), await Client.GetAsync(other, Port));
    }

    [Fact]
    public async Task Without_its_namespace_the_Lease_is_where_the_kubeconfig_points()
    {
        await _world.Server.DeleteAsync("", "Namespace", "", "nodeagent-system");
        await using NodeProcess node = await _world.ReadyNodeAsync();

        await node.ErrorLineAsync(l => l.Contains("there is no namespace nodeagent-system", StringComparison.Ordinal));
        await _world.UntilAsync("Gateway", "web", g => Condition(g, "Programmed") == "True");
        Assert.NotNull(_world.Server.Get("coordination.k8s.io", "Lease", "default", "nodeagent-controller"));
    }

    private static async Task<string[]> MetricsAsync(NodeProcess node) => (await node.GetAsync("/metrics")).Body.Split('\n');

    private static string? Condition(JsonObject? item, string type) => item?["status"]?["conditions"]?.AsArray()
        .FirstOrDefault(c => c!["type"]!.ToString() == type)?["status"]?.ToString();
}
