namespace NodeAgent.Translator.Tests.Decoding;

public sealed class ListenerSetRefusalTests
{
    [Fact]
    public void A_ListenerSet_is_read_with_its_defaults()
    {
        Api.ListenerSet set = Decoded.One<Api.ListenerSet>(Set("{name: g}", "{name: a, port: 443, protocol: HTTPS, hostname: a.b}"));
        Assert.Equal(new Api.ObjectReference("gateway.networking.k8s.io", "Gateway", "g", null), set.Parent);
        Assert.Equal(["Gateway/default/g"], set.Links.AsEnumerable());
        Api.Listener listener = Assert.Single(set.Listeners);
        Assert.Equal(("a", 443, "HTTPS", "a.b"), (listener.Name, listener.Port, listener.Protocol, listener.Hostname));
        Assert.Null(listener.Tls);
    }

    [Theory]
    [InlineData("{group: apps, name: g}")]
    [InlineData("{kind: Service, name: g}")]
    public void Only_a_Gateway_can_be_its_parent(string parent) =>
        Assert.Empty(Decoded.One<Api.ListenerSet>(Set(parent, "{name: a, port: 1, protocol: HTTP}")).Links);

    [Theory]
    [InlineData("{}", "{name: a, port: 1, protocol: HTTP}", "spec.parentRef.name: is missing")]
    [InlineData("{name: g, sectionName: x}", "{name: a, port: 1, protocol: HTTP}", "spec.parentRef.sectionName: is an unknown field")]
    [InlineData("{name: g}", "{name: a, protocol: HTTP}", "spec.listeners[0].port: is missing")]
    [InlineData("{name: g}", "{name: a, port: 1, protocol: UDP, hostname: a.b}", "spec.listeners[0].hostname: is set for protocol UDP")]
    [InlineData("{name: g}", "{name: a, port: 1, protocol: TLS}", "spec.listeners[0].tls: is missing")]
    [InlineData("{name: g}", "{name: a, port: 1, protocol: HTTP}\n  - {name: a, port: 2, protocol: HTTP}", "spec.listeners[1].name: is \"a\" a second time")]
    public void A_ListenerSet_is_refused_at_the_field_that_is_wrong(string parent, string listener, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Decoded.Problems(Set(parent, listener))), StringComparison.Ordinal);

    [Fact]
    public void It_needs_a_parent_and_listeners() => Assert.Equal(
        ["spec.parentRef: is missing, must be an object", "spec.listeners: is missing, must be a list of 1 to 64 items"],
        Decoded.Problems("apiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {name: s}\nspec: {}").AsEnumerable());

    [Fact]
    public void It_has_no_beta_version() => Assert.StartsWith(
        "apiVersion:",
        Assert.Single(Decoded.Problems(Set("{name: g}", "{name: a, port: 1, protocol: HTTP}").Replace("/v1", "/v1beta1", StringComparison.Ordinal))),
        StringComparison.Ordinal);

    private static string Set(string parent, string listener) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: ListenerSet
        metadata: {name: s}
        spec:
          parentRef: {{parent}}
          listeners:
          - {{listener}}
        """;
}
