using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Tests.Schemas;

namespace NodeAgent.Translator.Tests;

public class SupportedFeaturesTests
{
    /// <summary>The features that concern gateways, as Gateway API 1.6.1 names them.</summary>
    private static readonly string[] Experimental =
        ["HTTPRouteDestinationPortMatching", "HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError", "TLSRouteModeMixed"];

    [Fact]
    public void Without_definitions_everything_that_is_served_is_listed_sorted_and_once()
    {
        string[] names = Names(Make.State(Make.Class()));
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.Equal(48, names.Length);
        Assert.Superset(new HashSet<string>(Experimental) { "Gateway", "UDPRoute", "ListenerSet" }, names.ToHashSet());
    }

    [Theory]
    [InlineData("HTTPRouteRequestMirror", DataPlaneFeatures.Mirror)]
    [InlineData("HTTPRouteCORS", DataPlaneFeatures.Cors)]
    [InlineData("TLSRoute", DataPlaneFeatures.TlsPassthrough)]
    [InlineData("TLSRouteModeMixed", DataPlaneFeatures.TlsTerminate)]
    [InlineData("UDPRoute", DataPlaneFeatures.Udp)]
    [InlineData("GRPCRoute", DataPlaneFeatures.Grpc)]
    [InlineData("GatewayInfrastructurePropagation", DataPlaneFeatures.Infrastructure)]
    public void What_is_not_served_is_not_claimed(string feature, DataPlaneFeatures missing)
    {
        ClusterState state = Make.State(Make.Class());
        Assert.Contains(feature, Names(state));
        Assert.DoesNotContain(feature, Names(state with { Features = DataPlaneFeatures.All & ~missing }));
    }

    [Fact]
    public void A_data_plane_of_plain_HTTP_and_TCP_claims_what_that_is()
    {
        string[] names = Names(Make.State(Make.Class()) with { Features = DataPlaneFeatures.None });
        Assert.Superset(new HashSet<string> { "Gateway", "HTTPRoute", "ReferenceGrant", "TCPRoute", "HTTPRoutePathRedirect" }, names.ToHashSet());
        Assert.DoesNotContain(names, n => n.Contains("TLS", StringComparison.Ordinal) || n.Contains("Timeout", StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_that_the_schema_prunes_is_not_claimed()
    {
        ApiObject httpRoutes = Definition("httproutes", "v1.6.1", "experimental", """{"rules":{"items":{"properties":{"name":{},"retry":{}}}}}""");
        string[] names = Names(Make.State(Make.Class(), httpRoutes));
        Assert.Equal(
            ["HTTPRoute", "HTTPRouteBackendProtocolH2C", "HTTPRouteBackendProtocolWebSocket", "HTTPRouteNamedRouteRule", "HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError"],
            names);
    }

    [Fact]
    public void The_list_follows_a_change_of_the_definitions()
    {
        var translator = new IncrementalTranslator();
        ApiObject gatewayClass = Make.Class();
        const string retry = """{"rules":{"items":{"properties":{"retry":{}}}}}""";
        Assert.Contains("HTTPRouteRetry", Names(translator.Translate(Make.State(gatewayClass, Definition("httproutes", "v1.6.1", "experimental", retry)))));
        Assert.DoesNotContain("HTTPRouteRetry", Names(translator.Translate(Make.State(gatewayClass, Definition("httproutes", "v1.6.1", "standard", retry)))));
        Assert.Equal(48, Names(translator.Translate(Make.State(gatewayClass))).Length);
    }

    [Theory]
    [InlineData("v1.6.1", "True/SupportedVersion")]
    [InlineData("v1.0.0", "True/SupportedVersion")]
    [InlineData("v1.6.0-rc.2", "True/SupportedVersion")]
    [InlineData("v1.7.0", "False/UnsupportedVersion")]
    [InlineData("v2.0.0", "False/UnsupportedVersion")]
    [InlineData("v0.8.1", "False/UnsupportedVersion")]
    [InlineData("main", "False/UnsupportedVersion")]
    [InlineData(null, "False/UnsupportedVersion")]
    public void The_installed_version_is_judged(string? version, string expected)
    {
        JsonObject status = GatewayTranslator.Translate(Make.State(Make.Class(), Definition("gateways", version, "standard", "{}"))).Status("GatewayClass", "nodeagent");
        Assert.Equal(expected, status.Condition("SupportedVersion"));
        Assert.Equal("True/Accepted", status.Condition("Accepted"));
    }

    [Fact]
    public void One_definition_of_an_unknown_version_is_enough_to_say_so()
    {
        JsonObject status = GatewayTranslator.Translate(Make.State(
            Make.Class(), Definition("gateways", "v1.6.1", "standard", "{}"), Definition("httproutes", "v1.9.0", "standard", "{}"))).Status("GatewayClass", "nodeagent");
        Assert.Equal("False/UnsupportedVersion", status.Condition("SupportedVersion"));
        Assert.Contains("httproutes.gateway.networking.k8s.io", status.Message("SupportedVersion"), StringComparison.Ordinal);
    }

    [Fact]
    public void Definitions_of_other_groups_say_nothing()
    {
        JsonObject status = GatewayTranslator.Translate(Make.State(Make.Class(), Definition("things", null, null, "{}", "example.com"))).Status("GatewayClass", "nodeagent");
        Assert.Null(status.Condition("SupportedVersion"));
        Assert.Equal(48, status["supportedFeatures"]!.AsArray().Count);
    }

    [UpstreamTheory]
    [InlineData("experimental", 48)]
    [InlineData("standard", 43)]
    public void The_channels_of_1_6_1_carry_what_they_promise(string channel, int count)
    {
        ClusterState state = Make.State([Make.Class(), .. Upstream(channel)]);
        string[] names = Names(state);
        Assert.Equal(count, names.Length);
        Assert.Equal(channel == "experimental" ? Experimental : [], names.Intersect(Experimental));
        Assert.Equal("True/SupportedVersion", GatewayTranslator.Translate(state).Status("GatewayClass", "nodeagent").Condition("SupportedVersion"));
    }

    private static ImmutableArray<ApiObject> Upstream(string channel) =>
    [
        .. Directory.GetFiles(UpstreamDefinitions.Channel(channel), "*.yaml")
            .SelectMany(f => CrdFile.Documents(File.ReadAllText(f)))
            .Where(d => (string?)d["kind"] == "CustomResourceDefinition")
            .Select(d => Decode(d.ToJsonString())),
    ];

    private static ApiObject Definition(string plural, string? version, string? channel, string properties, string group = Groups.Gateway)
    {
        string annotations = string.Join(',', ((string, string?)[])[("bundle-version", version), ("channel", channel)] is { } all
            ? all.Where(a => a.Item2 is not null).Select(a => $"\"gateway.networking.k8s.io/{a.Item1}\":\"{a.Item2}\"")
            : []);
        return Decode($$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
             "metadata":{"name":"{{{plural}}}.{{{group}}}","annotations":{ {{{annotations}}} } },
             "spec":{"group":"{{{group}}}","versions":[{"name":"v1","served":true,
               "schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{{{properties}}} } } } } }] } }
            """);
    }

    private static ApiObject Decode(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        DecodeResult result = ApiDecoder.Decode(document.RootElement);
        Assert.Empty(result.Problems);
        return result.Decoded!;
    }

    private static string[] Names(ClusterState state) => Names(GatewayTranslator.Translate(state));

    private static string[] Names(Translation translation) =>
        [.. translation.Status("GatewayClass", "nodeagent")["supportedFeatures"]!.AsArray().Select(f => (string)f!["name"]!)];
}
