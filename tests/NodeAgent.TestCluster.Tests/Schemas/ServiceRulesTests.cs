using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class ServiceRulesTests
{
    [Fact]
    public void What_a_Service_leaves_out_is_filled_in()
    {
        JsonObject service = Service("{ports: [{port: 80}]}");
        SchemaOf.BuiltIn("v1", "Service").Schema.Default(service);
        JsonObject expected = Manifests.ParseOne("""
            ports: [{port: 80, protocol: TCP, targetPort: 80}]
            type: ClusterIP
            sessionAffinity: None
            internalTrafficPolicy: Cluster
            ipFamilyPolicy: SingleStack
            ipFamilies: [IPv4]
            """);
        Assert.True(JsonNode.DeepEquals(expected, service["spec"]), service.ToJsonString());
        Assert.NotNull(service["status"]!["loadBalancer"]);
    }

    [Theory]
    [InlineData("{clusterIP: None}", "RequireDualStack", "IPv4,IPv6")]
    [InlineData("{clusterIP: None, selector: {a: b}, ports: [{port: 80}]}", "SingleStack", "IPv4")]
    [InlineData("{clusterIP: 'fd00::1', ports: [{port: 80}]}", "SingleStack", "IPv6")]
    [InlineData("{ipFamilies: [IPv6], ports: [{port: 80}]}", "SingleStack", "IPv6")]
    [InlineData("{ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]}", "PreferDualStack", "IPv4,IPv6")]
    public void The_families_of_a_Service_follow_what_is_said_of_its_addresses(string spec, string policy, string families)
    {
        JsonObject service = Service(spec);
        SchemaOf.BuiltIn("v1", "Service").Schema.Default(service);
        Assert.Equal(policy, (string?)service["spec"]!["ipFamilyPolicy"]);
        Assert.Equal(families, string.Join(',', ((JsonArray)service["spec"]!["ipFamilies"]!).Select(family => (string?)family)));
        Assert.Empty(SchemaOf.BuiltIn("v1", "Service").Schema.Validate(service, null));
    }

    [Theory]
    [InlineData("{}", "spec.ports: Required value")]
    [InlineData("{ports: [{port: 0, targetPort: 80}]}", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{ports: [{port: 80, targetPort: 70000}]}", "spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{ports: [{port: 80, targetPort: a_b}]}", "spec.ports[0].targetPort: Invalid value: \"a_b\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")]
    [InlineData("{ports: [{port: 80, protocol: HTTP}]}", "spec.ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("{ports: [{port: 80, name: a}, {port: 81}]}", "spec.ports[1].name: Required value")]
    [InlineData("{ports: [{port: 80, name: a}, {port: 81, name: a}]}", "spec.ports[1].name: Duplicate value: \"a\"")]
    [InlineData("{ports: [{port: 80, name: a}, {port: 80, name: b}]}", "spec.ports[1]: Duplicate value: map[string]interface {}{\"port\":80, \"protocol\":\"TCP\"}")]
    [InlineData("{ports: [{port: 80, nodePort: 30000}]}", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [InlineData("{ports: [{port: 80}], clusterIP: x}", "spec.clusterIPs[0]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    [InlineData("{ports: [{port: 80}], clusterIP: 10.0.0.1, ipFamilies: [IPv6]}", "spec.clusterIPs[0]: Invalid value: \"10.0.0.1\": expected an IPv6 value as indicated by `ipFamilies[0]`")]
    [InlineData("{ports: [{port: 80}], externalIPs: [127.0.0.1]}", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    [InlineData("{type: ExternalName}", "spec.externalName: Required value")]
    [InlineData("{type: LoadBalancer, clusterIP: None, ports: [{port: 80}]}", "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services")]
    [InlineData("{ports: [{port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}}", "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400")]
    public void A_Service_that_cannot_be_is_refused(string spec, string refusal) =>
        Assert.Equal([refusal], SchemaOf.Refusals(SchemaOf.BuiltIn("v1", "Service").Schema, Service(spec)));

    [Theory]
    [InlineData("{ports: [{port: 80}], clusterIP: 10.0.0.1}", "{ports: [{port: 80}], clusterIP: 10.0.0.2}", "spec.clusterIPs[0]: Invalid value: []string{\"10.0.0.2\"}: may not change once set")]
    [InlineData("{ports: [{port: 80}], clusterIP: 10.0.0.1}", "{ports: [{port: 80}], clusterIP: 10.0.0.1, type: NodePort}", "")]
    [InlineData("{ports: [{port: 80}], clusterIP: 10.0.0.1}", "{type: ExternalName, externalName: a.b}", "")]
    [InlineData("{type: ExternalName, externalName: a.b}", "{ports: [{port: 80}], clusterIP: 10.0.0.1}", "")]
    public void An_address_stays_as_long_as_the_Service_has_one(string before, string after, string refusal)
    {
        JsonObject old = Service(before);
        SchemaOf.BuiltIn("v1", "Service").Schema.Default(old);
        Assert.Equal(refusal, string.Join('\n', SchemaOf.Refusals(SchemaOf.BuiltIn("v1", "Service").Schema, Service(after), old)));
    }

    private static JsonObject Service(string spec) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = "s", ["namespace"] = "default" },
        ["spec"] = Manifests.ParseOne(spec),
    };
}
