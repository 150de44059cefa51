using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;
using NodeAgent.TestCluster;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>What comes to a cluster while it is served.</summary>
public sealed class ClusterChangesTests : IAsyncDisposable
{
    private const int Port = 8082;

    private ClusterWorld? _world;

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    [Fact]
    public async Task Definitions_that_arrive_later_are_picked_up()
    {
        _world = await ClusterWorld.StartAsync(Definitions.Gateways);
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");
        Assert.Equal(404, (await Client.GetAsync(address, Port)).Status);

        await _world.Server.InstallCrdsAsync(Definitions.HttpRoutes);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));

        await node.UntilAsync("the route is served", async () => await Client.GetAsync(address, Port) == (200, "blue"));
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_keeps_its_last_good_version_and_is_told()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");

        await _world.Server.PatchAsync("gateway.networking.k8s.io", "HTTPRoute", "default", "site", JsonNode.Parse("""{"spec": {"rules": "none", "newer": 1}}""")!);
        await node.UntilAsync("it is told", async () => (await node.GetAsync("/problems")).Body.Contains("HTTPRoute default/site", StringComparison.Ordinal));
        string problems = (await node.GetAsync("/problems")).Body;

        Assert.Contains("spec.rules", problems, StringComparison.Ordinal);
        Assert.DoesNotContain("newer", problems, StringComparison.Ordinal);
        Assert.Equal((200, "blue"), await Client.GetAsync(address, Port));
    }

    [Fact]
    public async Task Only_watched_namespaces_are_looked_at()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
        await _world.Server.ApplyAsync(Manifests.Gateway("web", ["http/HTTP/8082"]).Replace("namespace: default", "namespace: other", StringComparison.Ordinal));
        await using NodeProcess node = await _world.ReadyNodeAsync(more: ["--watch-namespaces", "default,empty"]);

        Assert.Equal((200, "blue"), await Client.GetAsync(await node.AddressAsync("web"), Port));
        Assert.DoesNotContain("\"namespace\":\"other\"", (await node.GetAsync("/objects")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _world.Server.Requests.All, r => r.Request is { Resource: "httproutes", Namespace: "", IsResource: true });
    }

    [Fact]
    public async Task The_API_server_is_followed_where_not_all_may_be_read()
    {
        _world = await ClusterWorld.StartAsync(options: new TestApiServerOptions { Authorize = r => r.Resource != "namespaces" || r.Verb == "get" });
        await _world.StartBackendAsync("blue");
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
        await using NodeProcess node = await _world.ReadyNodeAsync();

        Assert.Equal((200, "blue"), await Client.GetAsync(await node.AddressAsync("web"), Port));
        await node.ErrorLineAsync(l => l.Contains("not allowed to list", StringComparison.Ordinal) && l.Contains("namespaces", StringComparison.Ordinal));
    }
}
