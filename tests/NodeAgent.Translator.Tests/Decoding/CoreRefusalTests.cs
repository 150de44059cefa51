namespace NodeAgent.Translator.Tests.Decoding;

public sealed class CoreRefusalTests
{
    [Theory]
    [InlineData("v1", "Service", "spec: {}", "spec.ports: is missing")]
    [InlineData("v1", "Service", "spec: {ports: [{name: a, port: 1}, {port: 2}]}", "spec.ports[1]: has no name")]
    [InlineData("v1", "Service", "spec: {ports: [{name: a, port: 1}, {name: a, port: 2}]}", "spec.ports[1].name: is \"a\" a second time")]
    [InlineData("v1", "Service", "spec: {ports: [{name: a, port: 1}, {name: b, port: 1}]}", "spec.ports[1].port: is 1/TCP a second time")]
    [InlineData("v1", "Service", "spec: {type: Balancer, ports: [{port: 1}]}", "spec.type: is \"Balancer\"")]
    [InlineData("v1", "Service", "spec: {ports: [{port: 1, portocol: TCP}]}", "spec.ports[0].portocol: is an unknown field, did you mean protocol?")]
    [InlineData("v1", "Secret", "data: {a: '***'}", "data.a: is not base64")]
    [InlineData("v1", "Secret", "data: {'a b': aGk=}", "data['a b']: is no valid key")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "endpoints: []", "addressType: is missing")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "{addressType: IPv4, endpoints: [{addresses: ['::1']}]}", "endpoints[0].addresses[0]: is \"::1\", must be of the slice's addressType, IPv4")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "{addressType: IPv6, endpoints: [{addresses: []}]}", "endpoints[0].addresses: has 0 items")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "{addressType: IPv4, endpoints: [{addresses: [1.2.3.4], conditions: {ready: yes}}]}", "endpoints[0].conditions.ready: is \"yes\", must be true or false")]
    [InlineData("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "spec: {from: [{group: '', kind: K}], to: [{group: '', kind: Service}]}", "spec.from[0].namespace: is missing")]
    [InlineData("gateway.networking.k8s.io/v1", "ReferenceGrant", "spec: {from: [], to: [{group: '', kind: Service}]}", "spec.from: has 0 items")]
    [InlineData("gateway.networking.k8s.io/v1", "GatewayClass", "spec: {controllerName: nodeagent}", "spec.controllerName: is \"nodeagent\"")]
    public void A_document_is_refused_at_the_field_that_is_wrong(string apiVersion, string kind, string body, string problem)
    {
        string fields = body.StartsWith('{') ? body[1..^1] : body;

        string told = Assert.Single(Decoded.Problems($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: a}}, {fields}}}"));

        Assert.StartsWith(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExternalName", "{type: ExternalName, externalName: a.b}")]
    [InlineData("ClusterIP", "{clusterIP: None}")]
    public void Some_Services_need_no_ports(string type, string spec) =>
        Assert.Equal(type, Decoded.One<Api.Service>($"{{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {spec}}}").Type);

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("serving.knative.dev/v1", "Service")]
    [InlineData("gateway.networking.x-k8s.io/v1alpha1", "XMesh")]
    public void Other_kinds_are_ignored_whatever_they_contain(string apiVersion, string kind)
    {
        Api.DecodeResult result = Decoded.Json($$"""{"apiVersion": "{{apiVersion}}", "kind": "{{kind}}", "metadata": 5}""");

        Assert.True(result.Ignored);
        Assert.Null(result.Decoded);
        Assert.Empty(result.Problems);
    }
}
