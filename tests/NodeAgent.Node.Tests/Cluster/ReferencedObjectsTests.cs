using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>ConfigMaps and Secrets that objects refer to come, change and go.</summary>
public sealed class ReferencedObjectsTests : IAsyncLifetime
{
    private const int Port = 8084;

    private const string Site = """
        apiVersion: nodeagent.dev/v1alpha1
        kind: StaticFiles
        metadata: {name: site, namespace: default}
        spec: {configMap: {name: site}}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPFilter
        metadata: {name: users, namespace: default}
        spec: {basicAuth: {secretRef: {name: users}, realm: Members}}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: site, namespace: default}
        spec:
          parentRefs: [{name: web}]
          rules:
          - matches: [{path: {type: PathPrefix, value: /open} }]
            backendRefs: [{group: nodeagent.dev, kind: StaticFiles, name: site}]
          - matches: [{path: {type: PathPrefix, value: /closed} }]
            filters: [{type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: users} }]
            backendRefs: [{group: nodeagent.dev, kind: StaticFiles, name: site}]
        """;

    private ClusterWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await ClusterWorld.StartAsync();
        await _world.Server.InstallCrdsAsync(Definitions.OurFolder);
        await _world.ApplyGatewayAsync(Port);
        await _world.Server.ApplyAsync(Site);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task They_may_come_later_and_their_edits_are_followed()
    {
        await using NodeProcess node = await _world.ReadyNodeAsync();
        string address = await node.AddressAsync("web");
        Assert.Equal(500, await GetAsync(address, "/open/index.html"));

        await _world.Server.ApplyAsync(ConfigMap("index.html"));
        await node.UntilAsync("the ConfigMap is served", async () => await GetAsync(address, "/open/open/index.html") is 200 or 404);
        await _world.Server.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: users}\nstringData: {username: amy, password: secret}");
        await node.UntilAsync("the Secret is asked for", async () => await GetAsync(address, "/closed/index.html") == 401);
        await _world.Server.DeleteAsync("", "Secret", "default", "users");
        await node.UntilAsync("it is gone", async () => await GetAsync(address, "/closed/index.html") == 500);
    }

    [Fact]
    public async Task What_is_there_is_never_said_to_be_missing()
    {
        await _world.Server.ApplyAsync(ConfigMap("index.html"));
        await _world.Server.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: users}\nstringData: {username: amy, password: secret}");
        using var enough = new CancellationTokenSource();
        var said = new ConcurrentQueue<string>();
        Task watching = _world.Server.UntilAsync(
            "gateway.networking.k8s.io",
            "HTTPRoute",
            "default",
            "site",
            route =>
            {
                said.Enqueue(ResolvedRefs(route));
                return false;
            },
            enough.Token);
        await using NodeProcess node = await _world.ReadyNodeAsync();
        await _world.UntilAsync("HTTPRoute", "site", r => ResolvedRefs(r) != "");
        await _world.Server.PatchAsync("gateway.networking.k8s.io", "HTTPRoute", "default", "site", JsonNode.Parse("""{"metadata": {"labels": {"a": "b"}}}""")!);
        await node.UntilAsync("it is served", async () => await GetAsync(await node.AddressAsync("web"), "/closed/index.html") == 401);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        Assert.DoesNotContain("False", said);
    }

    private static string ConfigMap(string file) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: site}}\ndata: {{{file}: hello}}";

    private static string ResolvedRefs(JsonObject? route) => route?["status"]?["parents"]?[0]?["conditions"]?.AsArray()
        .FirstOrDefault(c => c!["type"]!.ToString() == "ResolvedRefs")?["status"]?.ToString() ?? "";

    private static async Task<int> GetAsync(string address, string path)
    {
        using var client = new HttpClient { Timeout = Client.Patience };
        using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{address}:{Port}{path}"));
        return (int)response.StatusCode;
    }
}
