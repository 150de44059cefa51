using System.Text.Json.Nodes;
using NodeAgent.TestCluster;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>An API server with the Gateway API, a class of ours, and short words for what tests ask of it.</summary>
internal sealed class WritersWorld : IAsyncDisposable
{
    public const string Group = "gateway.networking.k8s.io";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<RunningController> _controllers = [];

    private WritersWorld(TestApiServer server) => Server = server;

    public TestApiServer Server { get; }

    public static async Task<WritersWorld> StartAsync(string? definitions = null)
    {
        TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { AutoCreateNamespaces = true, Https = false });
        await server.InstallCrdsAsync(definitions ?? TestDefinitions.GatewayApi);
        return new WritersWorld(server);
    }

    public RunningController Start(string identity = "one", params string[] namespaces)
    {
        var controller = new RunningController(Server, identity, namespaces);
        _controllers.Add(controller);
        return controller;
    }

    public async Task StopAllAsync()
    {
        foreach (RunningController controller in _controllers)
        {
            await controller.DisposeAsync();
        }

        _controllers.Clear();
    }

    public Task ApplyClassAsync() => Server.ApplyAsync($$"""
        apiVersion: {{Group}}/v1
        kind: GatewayClass
        metadata: {name: nodeagent}
        spec: {controllerName: nodeagent.dev/gateway-controller}
        """);

    public Task ApplyGatewayAsync(string name = "gw", string className = "nodeagent", string more = "") => Server.ApplyAsync($$"""
        apiVersion: {{Group}}/v1
        kind: Gateway
        metadata: {name: {{name}}, namespace: default}
        spec:
          gatewayClassName: {{className}}
          {{more}}
          listeners: [{name: http, port: 80, protocol: HTTP}]
        """);

    public Task ApplyRouteAsync(string name = "site", string gateway = "gw") => Server.ApplyAsync($$"""
        apiVersion: {{Group}}/v1
        kind: HTTPRoute
        metadata: {name: {{name}}, namespace: default}
        spec:
          parentRefs: [{name: {{gateway}}}]
          hostnames: [{{name}}.example.com]
          rules: [{backendRefs: [{name: app, port: 80}]}]
        """);

    public Task ApplyServiceAsync(string name = "app") => Server.ApplyAsync($$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: default}
        spec: {ports: [{port: 80}]}
        """);

    public Task<JsonObject> UntilAsync(string kind, string name, Func<JsonObject?, bool> wanted) =>
        UntilAsync(Group, kind, kind == "GatewayClass" ? "" : "default", name, wanted);

    public async Task<JsonObject> UntilAsync(string group, string kind, string ns, string name, Func<JsonObject?, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Server.UntilAsync(group, kind, ns, name, wanted, patience.Token);
    }

    public Task<JsonObject> ProgrammedAsync(string name = "gw") => UntilAsync("Gateway", name, g => StatusOf(g, "Programmed") == "True");

    public JsonObject Get(string kind, string name) => Server.Get(Group, kind, kind == "GatewayClass" ? "" : "default", name)!;

    public static string? StatusOf(JsonNode? item, string type) => (string?)ConditionOf(item?["status"], type)?["status"];

    public static JsonNode? ConditionOf(JsonNode? owner, string type) =>
        (owner?["conditions"] as JsonArray)?.FirstOrDefault(c => (string?)c!["type"] == type);

    /// <summary>The entry of status.parents that is ours.</summary>
    public static JsonNode? OursOf(JsonNode? route) => (route?["status"]?["parents"] as JsonArray)?
        .FirstOrDefault(p => (string?)p!["controllerName"] == "nodeagent.dev/gateway-controller");

    public static string? RouteIs(JsonNode? route, string type) => (string?)ConditionOf(OursOf(route), type)?["status"];

    public static int AttachedTo(JsonNode? gateway) => (int?)gateway?["status"]?["listeners"]?[0]?["attachedRoutes"] ?? -1;

    public async ValueTask DisposeAsync()
    {
        await StopAllAsync();
        await Server.DisposeAsync();
    }
}
