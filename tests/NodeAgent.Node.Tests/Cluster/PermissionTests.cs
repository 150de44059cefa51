using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;
using NodeAgent.TestCluster;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>The roles in deploy/rbac are enough for all that the executable does, and are what lets it.</summary>
public sealed class PermissionTests : IAsyncLifetime
{
    private const int Port = 8080;

    private const string Gateway = "gateway.networking.k8s.io";

    private const string Original = "networking.x-k8s.io";

    private ClusterWorld _world = null!;

    private Permissions? _permissions;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync(options: new TestApiServerOptions { Authorize = r => _permissions?.Allow(r) ?? true });
        _world.Server.AddToken("account", new ApiUser(Permissions.Account));
        _world.Server.WriteKubeconfig(_world.Kubeconfig, "account");
        await _world.Server.InstallCrdsAsync(Definitions.ServiceApis);
        await _world.StartBackendAsync("blue");
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "site", "web/http", "blue"));
        await _world.Server.ApplyAsync(Manifests.Route("HTTPRoute", "broken", "web/http", "missing", "matches: [{path: {value: /broken} }]\n    "));
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync($$"""
            apiVersion: {{Original}}/v1alpha1
            kind: GatewayClass
            metadata: {name: original}
            spec: {controller: nodeagent.dev/gateway-controller}
            ---
            apiVersion: {{Original}}/v1alpha1
            kind: Gateway
            metadata: {name: old, namespace: default}
            spec:
              gatewayClassName: original
              listeners: [{port: 8082, protocol: HTTP, routes: {kind: HTTPRoute} }]
            ---
            apiVersion: {{Original}}/v1alpha1
            kind: HTTPRoute
            metadata: {name: old-site, namespace: default}
            spec: {gateways: {allow: All}, rules: [{forwardTo: [{serviceName: blue, port: 80}]}]}
            """);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public Task The_cluster_wide_role_is_enough() => ServesAsync("cluster-wide.yaml");

    [Fact]
    public Task The_roles_of_one_namespace_are_enough_to_serve_that() => ServesAsync("namespaced.yaml", "--watch-namespaces", "default");

    [Fact]
    public async Task What_is_not_permitted_is_told_and_takes_nothing_else_along()
    {
        await GrantAsync("cluster-wide.yaml");
        _permissions!.Revoke("patch", "*/status");
        await using NodeProcess node = await _world.ReadyNodeAsync();
        Assert.Equal((200, "blue"), await Client.GetAsync(await node.AddressAsync("web"), Port));
        await node.ErrorLineAsync(l => l.Contains("the status of", StringComparison.Ordinal) && l.Contains("forbidden", StringComparison.OrdinalIgnoreCase));
        Assert.NotEmpty(Refused());
    }

    private async Task ServesAsync(string file, params string[] flags)
    {
        await GrantAsync(file);
        await using NodeProcess node = await _world.ReadyNodeAsync(more: flags);
        Assert.Equal((200, "blue"), await Client.GetAsync(await node.AddressAsync("web"), Port));
        await _world.UntilAsync("Gateway", "web", g => Has(g?["status"]?["conditions"], "Programmed"));
        await _world.UntilAsync("HTTPRoute", "site", r => Has(r?["status"]?["parents"]?[0]?["conditions"], "Accepted"));

        using var patience = new CancellationTokenSource(Client.Patience);
        await _world.Server.UntilAsync(Gateway, "GatewayClass", "", "nodeagent", c => c?["metadata"]?["finalizers"] is JsonArray { Count: > 0 }, patience.Token);
        await _world.Server.UntilAsync(Original, "GatewayClass", "", "original", c => c?["metadata"]?["finalizers"] is JsonArray { Count: > 0 }, patience.Token);
        await _world.Server.UntilAsync(Original, "HTTPRoute", "default", "old-site", r => Has(r?["status"]?["gateways"]?[0]?["conditions"], "Admitted"), patience.Token);
        await _world.Server.UntilAsync("", "Service", "default", "nodeagent-web", s => s?["metadata"]?["labels"]?[$"{Gateway}/gateway-name"] is not null, patience.Token);
        await node.UntilAsync("an Event tells of the broken route", () => Task.FromResult(
            _world.Server.List("events.k8s.io", "Event").Any(e => (string?)e["regarding"]?["name"] == "broken")));
        Assert.Equal([], Refused());
    }

    private async Task GrantAsync(string file)
    {
        await _world.Server.ApplyAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "rbac", file)));
        _permissions = Permissions.Of(_world.Server);
    }

    private string[] Refused() =>
    [
        .. _world.Server.Requests.All.Where(r => r.Code == 403)
            .Select(r => $"{r.Request.Verb} {r.Request.Group}/{r.Request.Resource}/{r.Request.Subresource} in '{r.Request.Namespace}'").Distinct(),
    ];

    private static bool Has(JsonNode? conditions, string type) =>
        (conditions as JsonArray ?? []).Any(c => (string?)c!["type"] == type && (string?)c["status"] == "True");
}
