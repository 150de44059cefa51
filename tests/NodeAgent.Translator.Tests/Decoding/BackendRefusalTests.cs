namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>Services, slices and workloads: what the API server refuses of them, we refuse too.</summary>
public sealed class BackendRefusalTests
{
    [Theory]
    [InlineData("{ports: [{port: 1}], sessionAffinity: Cookie}", "spec.sessionAffinity: is \"Cookie\"")]
    [InlineData("{ports: [{port: 1}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}}", "spec.sessionAffinityConfig.clientIP.timeoutSeconds: is the number 86401, must be a whole number from 1 to 86400")]
    [InlineData("{ports: [{port: 1}], sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}}", "spec.sessionAffinityConfig: is set without sessionAffinity ClientIP")]
    [InlineData("{ports: [{port: 1}], trafficDistribution: Near}", "spec.trafficDistribution: is \"Near\", must be one of PreferClose, PreferSameZone, PreferSameNode")]
    [InlineData("{ports: [{port: 1}], internalTrafficPolicy: Node}", "spec.internalTrafficPolicy: is \"Node\"")]
    [InlineData("{ports: [{port: 1}], externalTrafficPolicy: Node}", "spec.externalTrafficPolicy: is \"Node\"")]
    [InlineData("{ports: [{port: 1}], ipFamilyPolicy: Both}", "spec.ipFamilyPolicy: is \"Both\"")]
    [InlineData("{ports: [{port: 1}], ipFamilies: [IPv5]}", "spec.ipFamilies[0]: is \"IPv5\", must be IPv4 or IPv6")]
    [InlineData("{ports: [{port: 1}], ipFamilies: [IPv4, IPv4]}", "spec.ipFamilies: names IPv4 twice")]
    [InlineData("{ports: [{port: 1}], publishNotReadyAddresses: 1}", "spec.publishNotReadyAddresses: is the number 1")]
    [InlineData("{ports: [{port: 1}], selector: {app: a b}}", "spec.selector.app: is \"a b\"")]
    [InlineData("{ports: [{port: 1, appProtocol: a b}]}", "spec.ports[0].appProtocol: is \"a b\"")]
    [InlineData("{ports: [{port: 1, nodePort: 70000}]}", "spec.ports[0].nodePort: is the number 70000")]
    [InlineData("{ports: [{port: 1}], type: LoadBalancer, clusterIP: None}", "spec.clusterIP: is \"None\" with type LoadBalancer")]
    [InlineData("{type: ExternalName}", "spec.externalName: is missing")]
    public void A_Service_is_refused_at_the_field_that_is_wrong(string spec, string problem) =>
        Refused("v1", "Service", $"spec: {spec}", problem);

    [Theory]
    [InlineData("{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], hints: {forZones: [{}]}}]}", "endpoints[0].hints.forZones[0].name: is missing")]
    [InlineData("{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], hints: {forNodes: [{name: 1}]}}]}", "endpoints[0].hints.forNodes[0].name: is the number 1")]
    [InlineData("{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], hints: {forZone: []}}]}", "endpoints[0].hints.forZone: is an unknown field, did you mean forZones?")]
    [InlineData("{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], nodeName: A}]}", "endpoints[0].nodeName: is \"A\"")]
    [InlineData("{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], zone: 1}]}", "endpoints[0].zone: is the number 1")]
    [InlineData("{addressType: FQDN, endpoints: [{addresses: [A.b]}]}", "endpoints[0].addresses[0]: is \"A.b\", must be of the slice's addressType, FQDN")]
    public void An_EndpointSlice_is_refused_at_the_field_that_is_wrong(string body, string problem) =>
        Refused("discovery.k8s.io/v1", "EndpointSlice", body[1..^1], problem);

    [Theory]
    [InlineData("v1", "Pod", "status: {}", "spec: is missing")]
    [InlineData("v1", "Pod", "spec: {containers: []}", "spec.containers: has 0 items")]
    [InlineData("v1", "Pod", "spec: {containers: [{ports: [{containerPort: 0}]}]}", "spec.containers[0].ports[0].containerPort: is the number 0")]
    [InlineData("apps/v1", "StatefulSet", "status: {}", "spec: is missing")]
    [InlineData("apps/v1", "StatefulSet", "spec: {serviceName: 1}", "spec.serviceName: is the number 1")]
    [InlineData("v1", "Node", "status: {addresses: [{type: InternalIP}]}", "status.addresses[0].address: is missing")]
    public void A_workload_is_refused_at_the_field_that_is_wrong(string apiVersion, string kind, string body, string problem) =>
        Refused(apiVersion, kind, body, problem);

    internal static void Refused(string apiVersion, string kind, string body, string problem)
    {
        string told = Assert.Single(Decoded.Problems($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: a}}, {body}}}"));

        Assert.StartsWith(problem, told, StringComparison.Ordinal);
    }
}
