using System.Text.Json.Nodes;
using NodeAgent.TestCluster;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Entries of the original API do not say whose they are.</summary>
public class OriginalApiStatusTests
{
    private const string Group = "networking.x-k8s.io";

    private const string Gone = """{"gatewayRef":{"namespace":"default","name":"gone"},"conditions":[]}""";

    private const string Elsewhere = """{"gatewayRef":{"namespace":"elsewhere","name":"theirs"},"conditions":[]}""";

    [Fact]
    public async Task What_we_said_of_a_Gateway_goes_when_it_leaves_for_the_class_of_another_controller()
    {
        await using WritersWorld world = await StartAsync();
        world.Start();
        await GatewaysAsync(world, g => g is [JsonObject ours] && ours.ToJsonString().Contains("Admitted", StringComparison.Ordinal));
        await ApplyGatewayAsync(world, "theirs");
        await GatewaysAsync(world, g => g.Count == 0);
    }

    [Fact]
    public async Task What_is_said_of_Gateways_that_we_do_not_look_at_stays()
    {
        await using WritersWorld world = await StartAsync();
        await world.Server.PatchStatusAsync(Group, "HTTPRoute", "default", "site", JsonNode.Parse($$$"""{"status": {"gateways": [{{{Gone}}}, {{{Elsewhere}}}]}}""")!);
        world.Start("one", "default");
        JsonArray gateways = await GatewaysAsync(world, g => g.Count == 2 && g[1]!.ToJsonString().Contains("Admitted", StringComparison.Ordinal));
        Assert.Equal(Elsewhere, gateways[0]!.ToJsonString());
    }

    private static async Task<WritersWorld> StartAsync()
    {
        WritersWorld world = await WritersWorld.StartAsync(string.Join(
            "\n---\n",
            TestDefinitions.GatewayApi,
            TestDefinitions.Of(Group, "v1alpha1", "GatewayClass", "gatewayclasses", "Cluster"),
            TestDefinitions.Of(Group, "v1alpha1", "Gateway", "gateways"),
            TestDefinitions.Of(Group, "v1alpha1", "HTTPRoute", "httproutes")));
        await world.ApplyServiceAsync();
        await world.Server.ApplyAsync($$"""
            apiVersion: {{Group}}/v1alpha1
            kind: GatewayClass
            metadata: {name: ours}
            spec: {controller: nodeagent.dev/gateway-controller}
            ---
            apiVersion: {{Group}}/v1alpha1
            kind: GatewayClass
            metadata: {name: theirs}
            spec: {controller: example.net/other}
            ---
            apiVersion: {{Group}}/v1alpha1
            kind: HTTPRoute
            metadata: {name: site, namespace: default}
            spec: {gateways: {allow: All}, rules: [{forwardTo: [{serviceName: app, port: 80}]}]}
            """);
        await ApplyGatewayAsync(world, "ours");
        return world;
    }

    private static Task ApplyGatewayAsync(WritersWorld world, string className) => world.Server.ApplyAsync($$"""
        apiVersion: {{Group}}/v1alpha1
        kind: Gateway
        metadata: {name: old, namespace: default}
        spec: {gatewayClassName: {{className}}, listeners: [{port: 80, protocol: HTTP, routes: {kind: HTTPRoute} }]}
        """);

    private static async Task<JsonArray> GatewaysAsync(WritersWorld world, Func<JsonArray, bool> wanted)
    {
        JsonObject route = await world.UntilAsync(Group, "HTTPRoute", "default", "site", r => r?["status"]?["gateways"] is JsonArray gateways && wanted(gateways));
        return (JsonArray)route["status"]!["gateways"]!;
    }
}
