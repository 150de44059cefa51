using NodeAgent.Translator.Tests.Decoding;

namespace NodeAgent.Translator.Tests.Legacy;

/// <summary>What the CRDs of v0.2.0 refuse is refused, by field.</summary>
public sealed class LegacyRefusalTests
{
    [Theory]
    [InlineData("GatewayClass", "{}", "spec.controller: is missing")]
    [InlineData("GatewayClass", "{controller: a.b/c, parametersRef: {group: g, kind: K, name: n, scope: Namespace}}", "spec.parametersRef.namespace: is missing")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: []}", "spec.listeners: has 0 items, 1 to 64 are allowed")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{port: 80, protocol: HTTP}]}", "spec.listeners[0].routes: is missing")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{port: 80, protocol: HTTP, routes: {}}]}", "spec.listeners[0].routes.kind: is missing")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{port: 80, protocol: HTTP, hostname: 'a.*.b', routes: {kind: HTTPRoute}}]}", "spec.listeners[0].hostname: is \"a.*.b\"")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{name: x, port: 80, protocol: HTTP, routes: {kind: HTTPRoute}}]}", "spec.listeners[0].name: is an unknown field")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{port: 80, protocol: HTTPS, tls: {certificateRef: {name: n}}, routes: {kind: HTTPRoute}}]}", "spec.listeners[0].tls.certificateRef.group: is missing")]
    [InlineData("Gateway", "{gatewayClassName: c, addresses: [{value: not-an-ip}], listeners: [{port: 80, protocol: HTTP, routes: {kind: HTTPRoute}}]}", "spec.addresses[0].value: is \"not-an-ip\"")]
    [InlineData("HTTPRoute", "{hostnames: ['*']}", "spec.hostnames[0]: is \"*\"")]
    [InlineData("HTTPRoute", "{gateways: {allow: Some}}", "spec.gateways.allow: is \"Some\"")]
    [InlineData("HTTPRoute", "{rules: [{matches: [{headers: {values: {}}}]}]}", "spec.rules[0].matches[0].headers.values: is empty")]
    [InlineData("HTTPRoute", "{rules: [{forwardTo: [{serviceName: a, weight: 1000001}]}]}", "spec.rules[0].forwardTo[0].weight: is the number 1000001")]
    [InlineData("HTTPRoute", "{rules: [{filters: [{type: RequestRedirect}]}]}", "spec.rules[0].filters[0].type: is \"RequestRedirect\"")]
    [InlineData("HTTPRoute", "{rules: [{filters: [{type: RequestMirror}]}]}", "spec.rules[0].filters[0].requestMirror: is missing")]
    [InlineData("HTTPRoute", "{parentRefs: [{name: gw}]}", "spec.parentRefs: is an unknown field")]
    [InlineData("TCPRoute", "{rules: []}", "spec.rules: has 0 items, 1 to 16 are allowed")]
    [InlineData("UDPRoute", "{rules: [{}]}", "spec.rules[0].forwardTo: is missing")]
    [InlineData("TLSRoute", "{rules: [{matches: [{snis: ['*']}], forwardTo: [{serviceName: a}]}]}", "spec.rules[0].matches[0].snis[0]: is \"*\"")]
    [InlineData("BackendPolicy", "{backendRefs: [{group: core, kind: Service}]}", "spec.backendRefs[0].name: is missing")]
    public void Mistakes_are_told_by_field(string kind, string spec, string problem) =>
        Assert.Contains(
            Decoded.Problems($"apiVersion: networking.x-k8s.io/v1alpha1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n"),
            p => p.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void Other_versions_are_refused() =>
        Assert.Contains(
            Decoded.Problems("apiVersion: networking.x-k8s.io/v1alpha2\nkind: Gateway\nmetadata: {name: x}\nspec: {}\n"),
            p => p.Contains("networking.x-k8s.io/v1alpha1", StringComparison.Ordinal));

    /// <summary>Else a Gateway, a route or a certificate reference could reach what we converted.</summary>
    [Theory]
    [InlineData("HTTPRoute", "{parentRefs: [{name: web+v1alpha1}]}", "spec.parentRefs[0].name")]
    [InlineData("Gateway", "{gatewayClassName: c+v1alpha1, listeners: [{name: a, port: 80, protocol: HTTP}]}", "spec.gatewayClassName")]
    [InlineData("Gateway", "{gatewayClassName: c, listeners: [{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: s+v1alpha1+ns}]}}]}", "spec.listeners[0].tls.certificateRefs[0].name")]
    public void Nobody_can_refer_to_converted_objects(string kind, string spec, string field) =>
        Assert.Contains(
            Decoded.Problems($"apiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {spec}\n"),
            p => p.StartsWith(field, StringComparison.Ordinal));
}
