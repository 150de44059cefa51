using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class EndpointRulesTests
{
    [Theory]
    [InlineData("IPv4", "127.0.0.1", "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("IPv6", "::1", "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("IPv4", "0.0.0.0", "may not be unspecified (0.0.0.0)")]
    [InlineData("IPv6", "::", "may not be unspecified (::)")]
    [InlineData("IPv4", "169.254.1.1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("IPv6", "fe80::1", "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    [InlineData("IPv4", "224.0.0.5", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
    [InlineData("IPv6", "ff02::5", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
    [InlineData("IPv4", "::2", "must be a valid IPv4 address")]
    [InlineData("IPv4", "10.0.0.01", "must be a valid IPv4 address")]
    [InlineData("IPv6", "10.0.0.1", "must be a valid IPv6 address")]
    [InlineData("IPv6", "fe80::1%eth0", "must be a valid IPv6 address")]
    [InlineData("FQDN", "example", "should be a domain with at least two segments separated by dots")]
    public void An_address_that_is_not_of_the_slice_or_of_no_other_node_is_refused(string type, string address, string problem)
    {
        JsonObject slice = Slice(type);
        slice["endpoints"] = new JsonArray(new JsonObject { ["addresses"] = new JsonArray(address) });
        Assert.Equal([$"endpoints[0].addresses[0]: Invalid value: \"{address}\": {problem}"], SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, slice));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("x", false)]
    public void Endpoints_take_the_same_addresses(string address, bool accepted)
    {
        string[] refusals = SchemaOf.Refusals($"{{apiVersion: v1, kind: Endpoints, metadata: {{name: e, namespace: default}}, subsets: [{{addresses: [{{ip: '{address}'}}], ports: [{{port: 80}}]}}]}}");
        Assert.Equal(accepted, refusals.Length == 0);
        Assert.All(refusals, refusal => Assert.StartsWith($"subsets[0].addresses[0].ip: Invalid value: \"{address}\"", refusal, StringComparison.Ordinal));
    }

    [Fact]
    public void A_slice_has_up_to_1000_endpoints_of_up_to_100_addresses_and_up_to_100_ports()
    {
        JsonObject full = Slice("IPv4");
        full["endpoints"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(i => new JsonObject { ["addresses"] = new JsonArray($"10.0.{i / 250}.{i % 250 + 1}") })]);
        full["ports"] = new JsonArray([.. Enumerable.Range(1, 100).Select(i => new JsonObject { ["name"] = $"p{i}", ["port"] = i })]);
        Assert.Empty(SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, full));
        ((JsonArray)full["ports"]!).Add(new JsonObject { ["name"] = "more", ["port"] = 200 });
        ((JsonArray)full["endpoints"]!).Add(new JsonObject { ["addresses"] = new JsonArray("10.9.9.9") });
        Assert.Equal(["endpoints: Too many: 1001: must have at most 1000 items"], SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, full));
        full["endpoints"] = new JsonArray(new JsonObject { ["addresses"] = new JsonArray() });
        Assert.Equal(
            ["endpoints[0].addresses: Required value: must contain at least 1 address", "ports: Too many: 101: must have at most 100 items"],
            SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, full));
    }

    [Fact]
    public void Ports_of_a_slice_have_names_of_their_own()
    {
        JsonObject slice = Slice("IPv4");
        slice["ports"] = new JsonArray(new JsonObject { ["port"] = 1 }, new JsonObject { ["port"] = 2 });
        Assert.Equal(["ports[1].name: Duplicate value: \"\""], SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, slice));
        Assert.Equal("TCP", (string?)slice["ports"]![0]!["protocol"]);
    }

    [Fact]
    public void The_kind_of_addresses_of_a_slice_stays()
    {
        Assert.Equal(["addressType: Invalid value: \"IPv6\": field is immutable"], SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, Slice("IPv6"), Slice("IPv4")));
        Assert.Equal(["addressType: Unsupported value: \"IP\": supported values: \"FQDN\", \"IPv4\", \"IPv6\""], SchemaOf.Refusals(SchemaOf.BuiltIn("discovery.k8s.io/v1", "EndpointSlice").Schema, Slice("IP")));
    }

    private static JsonObject Slice(string type) =>
        Manifests.ParseOne($"{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: e, namespace: default}}, addressType: {type}, endpoints: []}}");
}
