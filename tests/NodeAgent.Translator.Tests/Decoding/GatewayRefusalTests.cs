namespace NodeAgent.Translator.Tests.Decoding;

public sealed class GatewayRefusalTests
{
    private static string Gateway(string listener, string more = "") => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: g}
        spec:
          gatewayClassName: c
          listeners:
          - {{listener}}
        {{more}}
        """;

    [Theory]
    [InlineData("{name: a, protocol: HTTP}", "spec.listeners[0].port: is missing")]
    [InlineData("{name: a, port: 0, protocol: HTTP}", "spec.listeners[0].port: is the number 0, must be a whole number from 1 to 65535")]
    [InlineData("{name: a, port: 70000, protocol: HTTP}", "spec.listeners[0].port: is the number 70000")]
    [InlineData("{name: a, port: 1.5, protocol: HTTP}", "spec.listeners[0].port: is the number 1.5")]
    [InlineData("{name: a, port: '80', protocol: HTTP}", "spec.listeners[0].port: is \"80\", must be a whole number from 1 to 65535 without quotes")]
    [InlineData("{name: a, port: true, protocol: HTTP}", "spec.listeners[0].port: is true")]
    [InlineData("{name: A, port: 1, protocol: HTTP}", "spec.listeners[0].name: is \"A\"")]
    [InlineData("{name: 1e3, port: 1, protocol: HTTP}", "spec.listeners[0].name: is the number 1e3, must be text: put it in quotes, \"1e3\"")]
    [InlineData("{name: a, port: 1, protocol: 'H T'}", "spec.listeners[0].protocol: is \"H T\"")]
    [InlineData("{name: a, port: 1, protocol: HTTP, hostname: Foo.example}", "spec.listeners[0].hostname: is \"Foo.example\", must be a lower-case")]
    [InlineData("{name: a, port: 1, protocol: HTTP, hostname: 'a.*.b'}", "spec.listeners[0].hostname:")]
    [InlineData("{name: a, port: 1, protocol: TCP, hostname: a.b}", "spec.listeners[0].hostname: is set for protocol TCP")]
    [InlineData("{name: a, port: 1, protocol: HTTP, tls: {certificateRefs: [{name: c}]}}", "spec.listeners[0].tls: is set for protocol HTTP")]
    [InlineData("{name: a, port: 1, protocol: HTTPS, tls: {mode: Passthrough}}", "spec.listeners[0].tls.mode: is Passthrough for protocol HTTPS")]
    [InlineData("{name: a, port: 1, protocol: TLS}", "spec.listeners[0].tls: is missing")]
    [InlineData("{name: a, port: 1, protocol: TLS, tls: {mode: Terminate}}", "spec.listeners[0].tls.certificateRefs: is missing")]
    [InlineData("{name: a, port: 1, protocol: TLS, tls: {mode: terminate}}", "spec.listeners[0].tls.mode: is \"terminate\", must be one of Terminate, Passthrough")]
    [InlineData("{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {from: None}}}", "spec.listeners[0].allowedRoutes.namespaces.from:")]
    [InlineData("{name: a, port: 1, protocol: HTTP, allowedRoutes: {namespaces: {selector: {matchExpressions: [{key: a, operator: Is}]}}}}", "spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].operator:")]
    [InlineData("{name: a, port: 1, protocol: HTTP, allowedRoutes: {kinds: [{group: g.example}]}}", "spec.listeners[0].allowedRoutes.kinds[0].kind: is missing")]
    [InlineData("{name: a, port: 1, protocol: HTTP, hostnam: a.b}", "spec.listeners[0].hostnam: is an unknown field, did you mean hostname?")]
    [InlineData("[]", "spec.listeners[0]: is a list, must be an object")]
    public void A_listener_is_refused_at_the_field_that_is_wrong(string listener, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Decoded.Problems(Gateway(listener))), StringComparison.Ordinal);

    [Theory]
    [InlineData("  - {name: a, port: 2, protocol: HTTP}", "spec.listeners[1].name: is \"a\" a second time")]
    [InlineData("  - {name: b, port: 1, protocol: HTTP}", "spec.listeners[1].port: is the same port, protocol and hostname as listener \"a\"")]
    [InlineData("  addresses: [{value: 1.2.3.4}, {value: 1.2.3.4}]", "spec.addresses[1].value: is \"1.2.3.4\" a second time")]
    [InlineData("  addresses: [{value: 127.1}]", "spec.addresses[0].value:")]
    [InlineData("  addresses: [{value: example.com}]", "spec.addresses[0].value:")]
    [InlineData("  addresses: [{type: Hostname, value: a_b}]", "spec.addresses[0].value:")]
    [InlineData("  infrastructure: {parametersRef: {group: g, kind: K}}", "spec.infrastructure.parametersRef.name: is missing")]
    [InlineData("  allowedListeners: {namespaces: {from: Nobody}}", "spec.allowedListeners.namespaces.from:")]
    [InlineData("  tls: {frontend: {perPort: []}}", "spec.tls.frontend.default: is missing")]
    [InlineData("status: {}\nstatsu: {}", "statsu: is an unknown field, did you mean status?")]
    public void A_Gateway_is_refused_at_the_field_that_is_wrong(string more, string problem) =>
        Assert.StartsWith(
            problem,
            Assert.Single(Decoded.Problems(Gateway("{name: a, port: 1, protocol: HTTP}", more))),
            StringComparison.Ordinal);

    [Fact]
    public void Equal_ports_with_other_hostnames_or_protocols_are_the_translators_business() =>
        Decoded.One<Api.Gateway>(Gateway(
            "{name: a, port: 1, protocol: HTTP}",
            "  - {name: b, port: 1, protocol: HTTP, hostname: a.b}\n  - {name: c, port: 1, protocol: UDP}"));

    [Fact]
    public void More_than_64_listeners_are_refused()
    {
        string more = string.Join('\n', Enumerable.Range(2, 64).Select(i => $"  - {{name: l{i}, port: {i}, protocol: HTTP}}"));

        string problem = Assert.Single(Decoded.Problems(Gateway("{name: a, port: 1, protocol: HTTP}", more)));

        Assert.Equal("spec.listeners: has 65 items, 1 to 64 are allowed", problem);
    }

    [Theory]
    [InlineData("metadata: {}", "metadata.name: is missing")]
    [InlineData("metadata: {name: a.b}", "metadata.name: is \"a.b\"")]
    [InlineData("metadata: {name: a, namespace: a.b}", "metadata.namespace: is \"a.b\"")]
    [InlineData("metadata: {name: a, labels: {x: true}}", "metadata.labels.x: is true, must be text: put it in quotes, \"true\"")]
    [InlineData("metadata: {name: a, labels: {a.b/c: '-'}}", "metadata.labels['a.b/c']: is \"-\"")]
    [InlineData("metadata: {name: a, creationTimestamp: yesterday}", "metadata.creationTimestamp: is \"yesterday\"")]
    [InlineData("metadata: a", "metadata: is \"a\", must be an object")]
    public void Metadata_is_refused_at_the_field_that_is_wrong(string metadata, string problem) =>
        Assert.StartsWith(
            problem,
            Assert.Single(Decoded.Problems("apiVersion: v1\nkind: Service\nspec: {ports: [{port: 1}]}\n" + metadata)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("kind: Gateway", "apiVersion: is missing")]
    [InlineData("apiVersion: v1", "kind: is missing")]
    [InlineData("{kind: Gateway, apiVersion: gateway.networking.k8s.io/v2}", "apiVersion: is \"gateway.networking.k8s.io/v2\", which Gateway does not have, must be one of gateway.networking.k8s.io/v1, gateway.networking.k8s.io/v1beta1")]
    [InlineData("just text", ": is no object")]
    public void A_document_must_say_what_it_is(string document, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Decoded.Problems(document)), StringComparison.Ordinal);
}
