using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Legacy;

/// <summary>Statuses at their edges; the usual ones are golden cases.</summary>
public sealed class LegacyStatusTests
{
    private const string Head = """
        apiVersion: networking.x-k8s.io/v1alpha1
        kind: GatewayClass
        metadata: {name: c}
        spec: {controller: nodeagent.dev/gateway-controller}
        ---
        apiVersion: networking.x-k8s.io/v1alpha1
        kind: HTTPRoute
        metadata: {name: app}
        spec: {gateways: {allow: All}, rules: [{forwardTo: [{serviceName: app, port: 80}]}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: app}
        spec: {ports: [{port: 80}]}

        """;

    [Fact]
    public void A_route_of_many_gateways_tells_of_the_first_hundred_and_is_served_by_all()
    {
        const int gateways = 120;
        Translation translation = Translate(Head + string.Concat(Enumerable.Range(0, gateways).Select(i => Gateway($"gw{i:000}", "80"))));
        JsonArray told = translation.Status("HTTPRoute", "app")["gateways"]!.AsArray();
        Assert.Equal(100, told.Count);
        Assert.All(told, g => Assert.Equal("True/Admitted", g!.Condition("Admitted")));
        Assert.Equal(gateways, translation.Snapshot.All<NodeAgent.Snapshot.HttpRouteResource>().Sum(r => r.Parents.Length));
        Assert.All(translation.Snapshot.All<NodeAgent.Snapshot.HttpRouteResource>(), r => Assert.InRange(r.Parents.Length, 1, 32));
    }

    [Fact]
    public void A_listener_that_could_not_be_bound_is_detached()
    {
        ManifestRead read = ManifestText.Read("in.yaml", Head + Gateway("web", "80", "81"));
        Translation translation = GatewayTranslator.Translate(State(read) with
        {
            Observed = new Observed([new BindFailure("default/web+v1alpha1", "http-81", "port 81 is held by another process")]),
        });
        JsonObject status = translation.Status("Gateway", "web");
        Assert.Equal("True/Scheduled", status.Condition("Scheduled"));
        Assert.Equal("False/ListenersNotValid", status.Condition("Ready"));
        Assert.Equal("True/Ready", Port(status, 80).Condition("Ready"));
        Assert.Equal("True/PortUnavailable", Port(status, 81).Condition("Detached"));
        Assert.Equal("False/Invalid", Port(status, 81).Condition("Ready"));
        Assert.Equal("port 81 is held by another process", Port(status, 81).Message("Detached"));
    }

    [Fact]
    public void Without_a_free_address_a_gateway_is_not_ready()
    {
        ManifestRead read = ManifestText.Read("in.yaml", Head + Gateway("web", "80"));
        Translation translation = GatewayTranslator.Translate(State(read) with { Addresses = AddressSpace.None });
        JsonObject status = translation.Status("Gateway", "web");
        Assert.Equal("True/Scheduled", status.Condition("Scheduled"));
        Assert.Equal("False/AddressNotAssigned", status.Condition("Ready"));
        Assert.Equal("False/Pending", Port(status, 80).Condition("Ready"));
    }

    [Fact]
    public void No_name_that_we_made_up_reaches_a_user()
    {
        Translation translation = Translate(Head + Gateway("web", "80", "80") + Gateway("other", "80"));
        Assert.NotEmpty(translation.Statuses);
        Assert.All(translation.Statuses, s => Assert.DoesNotContain("+", s.Status.ToJsonString(), StringComparison.Ordinal));
        Assert.Empty(translation.Statuses.Where(s => s.Name.Contains('+', StringComparison.Ordinal)));
        Assert.Empty(translation.Objects);
    }

    [Fact]
    public void Objects_of_todays_api_that_share_a_backend_hear_of_it_in_the_users_names()
    {
        const string policies = """
            ---
            apiVersion: networking.x-k8s.io/v1alpha1
            kind: BackendPolicy
            metadata: {name: old, creationTimestamp: "2021-01-01T00:00:00Z"}
            spec:
              backendRefs: [{group: core, kind: Service, name: app}]
              tls: {certificateAuthorityRef: {group: core, kind: Secret, name: missing}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: BackendTLSPolicy
            metadata: {name: new, creationTimestamp: "2025-01-01T00:00:00Z"}
            spec:
              targetRefs: [{group: "", kind: Service, name: app}]
              validation: {hostname: app.example, wellKnownCACertificates: System}

            """;
        Translation translation = Translate(Head + Gateway("web", "80") + policies);
        JsonNode ancestor = translation.Status("BackendTLSPolicy", "new")["ancestors"]!.AsArray().Single()!;
        Assert.Equal(("networking.x-k8s.io", "web"), ((string?)ancestor["ancestorRef"]!["group"], (string?)ancestor["ancestorRef"]!["name"]));
        Assert.Equal("False/Conflicted", ancestor.Condition("Accepted"));
        Assert.StartsWith("BackendPolicy old comes first for Service default/app", ancestor.Message("Accepted"), StringComparison.Ordinal);
        Assert.Equal("False/InvalidCertificateRef", translation.Status("BackendPolicy", "old").Condition("ResolvedRefs"));
    }

    private static string Gateway(string name, params string[] ports) => $$"""
        ---
        apiVersion: networking.x-k8s.io/v1alpha1
        kind: Gateway
        metadata: {name: {{name}}}
        spec:
          gatewayClassName: c
          listeners: [{{string.Join(", ", ports.Select(p => $"{{protocol: HTTP, port: {p}, routes: {{kind: HTTPRoute}}}}"))}}]

        """;

    private static JsonNode Port(JsonObject status, int port) =>
        status["listeners"]!.AsArray().Single(l => (int)l!["port"]! == port)!;

    private static Translation Translate(string yaml) => GatewayTranslator.Translate(State(ManifestText.Read("in.yaml", yaml)));

    private static ClusterState State(ManifestRead read)
    {
        Assert.Empty(read.Problems);
        return new ClusterState
        {
            Objects = read.Objects,
            Addresses = AddressSpace.None with { Pools = ["127.80.0.0/24"] },
        };
    }
}
