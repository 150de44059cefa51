namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>GRPCRoute, TLSRoute, TCPRoute and UDPRoute as their CRDs restrict them.</summary>
public sealed class OtherRouteRefusalTests
{
    private const string OneRule = "rules: [{backendRefs: [{name: s, port: 1}]}]";

    private static string Route(string kind, string spec, string version = "v1") => $$"""
        apiVersion: gateway.networking.k8s.io/{{version}}
        kind: {{kind}}
        metadata: {name: r}
        spec: {{spec}}
        """;

    private static void AssertOnly(string problem, string yaml) =>
        Assert.StartsWith(problem, Assert.Single(Decoded.Problems(yaml)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{method: {}}", "method.service: is missing, service, method or both must be set")]
    [InlineData("{method: {service: 1a}}", "method.service: is \"1a\", must be a gRPC service")]
    [InlineData("{method: {service: a/b}}", "method.service:")]
    [InlineData("{method: {service: ''}}", "method.service:")]
    [InlineData("{method: {method: a.b}}", "method.method: is \"a.b\", must be letters")]
    [InlineData("{method: {type: Prefix, service: a}}", "method.type: is \"Prefix\", must be one of Exact, RegularExpression")]
    [InlineData("{headers: [{name: a, value: ''}]}", "headers[0].value:")]
    [InlineData("{headers: [{name: a, value: b}, {name: a, value: b}]}", "headers[1].name: is \"a\" a second time")]
    [InlineData("{path: {value: /}}", "path: is an unknown field")]
    public void A_gRPC_match_is_refused_at_the_field_that_is_wrong(string match, string problem) =>
        AssertOnly("spec.rules[0].matches[0]." + problem, Route("GRPCRoute", "{rules: [{matches: [" + match + "]}]}"));

    [Theory]
    [InlineData("{method: {service: .a.B_c.D, method: _m1}}")]
    [InlineData("{method: {type: RegularExpression, service: '[a-z]+/?', method: ''}}")]
    [InlineData("{headers: [{name: a, value: ' b '}]}")]
    public void A_gRPC_match_may_be(string match) =>
        Decoded.One<Api.GrpcRoute>(Route("GRPCRoute", "{rules: [{matches: [" + match + "]}]}"));

    [Theory]
    [InlineData("{filters: [{type: URLRewrite, urlRewrite: {}}]}", 2)]
    [InlineData("{filters: [{type: CORS}]}", 1)]
    [InlineData("{filters: [{type: RequestHeaderModifier, requestHeaderModifier: {}}, {type: RequestHeaderModifier, requestHeaderModifier: {}}]}", 1)]
    [InlineData("{filters: [{type: RequestMirror, extensionRef: {group: a, kind: B, name: c}}]}", 2)]
    [InlineData("{timeouts: {request: 1s}}", 1)]
    public void A_gRPC_rule_has_only_the_filters_and_fields_of_its_kind(string rule, int problems) =>
        Assert.Equal(problems, Decoded.Problems(Route("GRPCRoute", "{rules: [" + rule + "]}")).Length);

    [Theory]
    [InlineData("{rules: [{name: a}, {name: a}]}", "spec.rules[1].name: is \"a\" a second time")]
    [InlineData("{hostnames: [A]}", "spec.hostnames[0]:")]
    public void A_GRPCRoute_is_refused_at_the_field_that_is_wrong(string spec, string problem) => AssertOnly(problem, Route("GRPCRoute", spec));

    [Fact]
    public void A_GRPCRoute_has_at_most_128_matches_in_all()
    {
        string rule = "{matches: [" + string.Join(", ", Enumerable.Repeat("{}", 43)) + "]}";

        AssertOnly("spec.rules: has 129 matches in all", Route("GRPCRoute", $"{{rules: [{rule}, {rule}, {rule}]}}"));
    }

    [Fact]
    public void A_GRPCRoute_needs_no_rules() => Assert.Empty(Decoded.One<Api.GrpcRoute>(Route("GRPCRoute", "{}")).Rules);

    [Theory]
    [InlineData("{" + OneRule + "}", "spec.hostnames: is missing")]
    [InlineData("{hostnames: [], " + OneRule + "}", "spec.hostnames: has 0 items, 1 to 1024 are allowed")]
    [InlineData("{hostnames: [192.0.2.1], " + OneRule + "}", "spec.hostnames[0]: is the address 192.0.2.1, must be a host name")]
    [InlineData("{hostnames: ['*'], " + OneRule + "}", "spec.hostnames[0]:")]
    [InlineData("{hostnames: ['a.*.b'], " + OneRule + "}", "spec.hostnames[0]:")]
    [InlineData("{hostnames: [a], rules: [{backendRefs: []}]}", "spec.rules[0].backendRefs: has 0 items, 1 to 16 are allowed")]
    [InlineData("{hostnames: [a], rules: [{backendRefs: [{name: s, port: 1}]}, {backendRefs: [{name: s, port: 1}]}]}", "spec.rules: has 2 items, 1 to 1 are allowed")]
    public void A_TLSRoute_is_refused_at_the_field_that_is_wrong(string spec, string problem) => AssertOnly(problem, Route("TLSRoute", spec));

    [Theory]
    [InlineData("v1alpha2")]
    [InlineData("v1alpha3")]
    public void An_older_TLSRoute_needs_no_hostnames_and_may_have_rules_that_nothing_reaches(string version)
    {
        string spec = "{rules: [{name: a, backendRefs: [{name: s, port: 1}]}, {name: b, backendRefs: [{name: t, port: 1}]}]}";

        Api.TlsRoute route = Decoded.One<Api.TlsRoute>(Route("TLSRoute", spec, version));

        Assert.Empty(route.Hostnames);
        Assert.Equal(("a", "s", 1), (route.RuleName, Assert.Single(route.BackendRefs).Name, route.FurtherRules));
    }

    [Theory]
    [InlineData("TCPRoute")]
    [InlineData("UDPRoute")]
    public void An_older_route_has_names_of_its_rules_that_differ(string kind) => AssertOnly(
        "spec.rules[1].name: is \"a\" a second time",
        Route(kind, "{rules: [{name: a, backendRefs: [{name: s, port: 1}]}, {name: a, backendRefs: [{name: s, port: 1}]}]}", "v1alpha2"));

    [Theory]
    [InlineData("HTTPRoute", "v1alpha2")]
    [InlineData("GRPCRoute", "v1beta1")]
    [InlineData("UDPRoute", "v2")]
    public void A_version_that_a_kind_does_not_have_is_refused(string kind, string version) =>
        AssertOnly("apiVersion: is", Route(kind, "{" + OneRule + "}", version));

    [Theory]
    [InlineData("HTTPRoute", "v1beta1")]
    [InlineData("GRPCRoute", "v1alpha2")]
    [InlineData("TCPRoute", "v1alpha2")]
    [InlineData("UDPRoute", "v1alpha2")]
    public void Older_versions_read_the_same(string kind, string version)
    {
        Api.RouteObject route = (Api.RouteObject)Decoded.Json(
            $$$"""{"apiVersion": "gateway.networking.k8s.io/{{{version}}}", "kind": "{{{kind}}}", "metadata": {"name": "r"}, "spec": {"useDefaultGateways": "All", "rules": [{"backendRefs": [{"name": "s", "port": 1}]}]}}""").Decoded!;

        Assert.Equal((kind, true), (route.Kind, route.UseDefaultGateways));
    }

    [Theory]
    [InlineData("HTTPRoute")]
    [InlineData("GRPCRoute")]
    public void A_default_scope_is_All_or_None(string kind) =>
        AssertOnly("spec.useDefaultGateways: is \"Some\", must be one of All, None", Route(kind, "{useDefaultGateways: Some}"));
}
