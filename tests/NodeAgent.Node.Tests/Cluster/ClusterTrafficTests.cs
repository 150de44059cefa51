using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>Traffic follows what is written to the API server.</summary>
public sealed class ClusterTrafficTests : IAsyncLifetime
{
    private const int Port = 8080;

    private ClusterWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.StartBackendAsync("green");
        await _world.ApplyGatewayAsync(Port);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Edits_reach_traffic()
    {
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");
        Assert.Equal((200, "blue"), await Client.GetAsync(address, Port));

        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "green"));
        await node.UntilAsync("green answers", async () => await Client.GetAsync(address, Port) == (200, "green"));

        await _world.Server.DeleteAsync("gateway.networking.k8s.io", "HTTPRoute", "default", "site");
        await node.UntilAsync("nobody answers", async () => (await Client.GetAsync(address, Port)).Status == 404);
    }
}
