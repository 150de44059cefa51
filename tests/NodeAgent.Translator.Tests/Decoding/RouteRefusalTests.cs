namespace NodeAgent.Translator.Tests.Decoding;

public sealed class RouteRefusalTests
{
    private static string Route(string spec) => $"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {"{name: r}"}
        spec: {spec}
        """;

    private static string Rule(string rule) => Route("{rules: [" + rule + "]}");

    private static void AssertOnly(string problem, string yaml) =>
        Assert.StartsWith(problem, Assert.Single(Decoded.Problems(yaml)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{hostnames: [A.example]}", "spec.hostnames[0]: is \"A.example\"")]
    [InlineData("{hostnames: ['*']}", "spec.hostnames[0]:")]
    [InlineData("{rules: []}", "spec.rules: has 0 items, 1 to 16 are allowed")]
    [InlineData("{rules: [{name: a}, {name: a}]}", "spec.rules[1].name: is \"a\" a second time")]
    [InlineData("{parentRefs: [{name: g, port: 0}]}", "spec.parentRefs[0].port:")]
    [InlineData("{parentRefs: [{name: g}, {name: g}]}", "spec.parentRefs[1]: names the same parent as parentRefs[0], then sectionName or port must differ")]
    [InlineData("{parentRefs: [{name: g, sectionName: a}, {name: g}]}", "spec.parentRefs[1]: names the same parent as parentRefs[0], then each of them must set sectionName")]
    [InlineData("{parentRefs: [{name: g, sectionName: a}, {name: g, port: 1}]}", "spec.parentRefs[1]: names the same parent")]
    [InlineData("{parentRef: []}", "spec.parentRef: is an unknown field, did you mean parentRefs?")]
    public void A_route_is_refused_at_the_field_that_is_wrong(string spec, string problem) => AssertOnly(problem, Route(spec));

    [Theory]
    [InlineData("{name: g, sectionName: a}, {name: g, sectionName: b}")]
    [InlineData("{name: g}, {name: g, namespace: other}")]
    [InlineData("{name: g}, {name: g, kind: ListenerSet}")]
    public void Parents_that_differ_are_taken(string parents) =>
        Assert.Equal(2, Decoded.One<Api.HttpRoute>(Route("{parentRefs: [" + parents + "]}")).ParentRefs.Length);

    [Theory]
    [InlineData("{path: {type: Exact, value: foo}}", "path.value: is \"foo\", must begin with '/'")]
    [InlineData("{path: {value: //}}", "path.value: is \"//\", must not contain '//'")]
    [InlineData("{path: {value: /a/../b}}", "path.value: is \"/a/../b\"")]
    [InlineData("{path: {value: /a/.}}", "path.value: is \"/a/.\"")]
    [InlineData("{path: {value: /a%2Fb}}", "path.value: is \"/a%2Fb\", must not contain an escaped '/'")]
    [InlineData("{path: {value: '/a#b'}}", "path.value:")]
    [InlineData("{path: {value: '/a b'}}", "path.value:")]
    [InlineData("{path: {value: /%zz}}", "path.value:")]
    [InlineData("{path: {type: Regex, value: /a}}", "path.type: is \"Regex\", must be one of Exact, PathPrefix, RegularExpression")]
    [InlineData("{method: get}", "method: is \"get\", must be one of GET")]
    [InlineData("{headers: [{name: 'a b', value: c}]}", "headers[0].name:")]
    [InlineData("{headers: [{name: a, value: ''}]}", "headers[0].value:")]
    [InlineData("{headers: [{name: a, value: b}, {name: a, value: c}]}", "headers[1].name: is \"a\" a second time")]
    [InlineData("{queryParams: [{name: a}]}", "queryParams[0].value: is missing")]
    public void A_match_is_refused_at_the_field_that_is_wrong(string match, string problem) =>
        AssertOnly("spec.rules[0].matches[0]." + problem, Rule("{matches: [" + match + "]}"));

    [Fact]
    public void A_regular_expression_may_look_as_it_likes() =>
        Decoded.One<Api.HttpRoute>(Rule("{matches: [{path: {type: RegularExpression, value: '//[a b]#'}}]}"));

    [Theory]
    [InlineData("{type: Rewrite}", "filters[0].type: is \"Rewrite\", must be one of RequestHeaderModifier")]
    [InlineData("{type: URLRewrite}", "filters[0].urlRewrite: is missing")]
    [InlineData("{type: CORS, cors: {}, urlRewrite: {}}", "filters[0].urlRewrite: is set in a filter of type CORS")]
    [InlineData("{type: URLRewrite, urlRewrite: {hostname: '*.a'}}", "filters[0].urlRewrite.hostname:")]
    [InlineData("{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath}}}", "filters[0].urlRewrite.path.replaceFullPath: is missing")]
    [InlineData("{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: a, replacePrefixMatch: b}}}", "filters[0].urlRewrite.path.replacePrefixMatch: is set with type ReplaceFullPath")]
    [InlineData("{type: RequestRedirect, requestRedirect: {statusCode: 304}}", "filters[0].requestRedirect.statusCode: is the number 304, must be one of 301, 302, 303, 307, 308")]
    [InlineData("{type: RequestRedirect, requestRedirect: {scheme: ftp}}", "filters[0].requestRedirect.scheme:")]
    [InlineData("{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}, {name: a, value: b}]}}", "filters[0].requestHeaderModifier.set[1].name:")]
    [InlineData("{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a, a]}}", "filters[0].requestHeaderModifier.remove[1]: is \"a\" a second time")]
    [InlineData("{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}", "filters[1]: is a second URLRewrite")]
    [InlineData("{type: URLRewrite, urlRewrite: {}}, {type: RequestRedirect, requestRedirect: {}}", "filters: has RequestRedirect and URLRewrite")]
    [InlineData("{type: RequestMirror, requestMirror: {backendRef: {name: m}}}", "filters[0].requestMirror.backendRef.port: is missing")]
    public void A_filter_is_refused_at_the_field_that_is_wrong(string filters, string problem) =>
        AssertOnly("spec.rules[0]." + problem, Rule("{filters: [" + filters + "]}"));

    [Theory]
    [InlineData("matches: [{path: {type: Exact, value: /a}}]")]
    [InlineData("matches: [{path: {value: /a}}, {path: {value: /b}}]")]
    public void ReplacePrefixMatch_needs_exactly_one_prefix(string matches)
    {
        const string Filter = "{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}";

        AssertOnly(
            "spec.rules[0].filters[0].urlRewrite.path.type: is ReplacePrefixMatch",
            Rule("{" + matches + ", filters: [" + Filter + "]}"));
        AssertOnly(
            "spec.rules[0].backendRefs[0].filters[0].urlRewrite.path.type: is ReplacePrefixMatch",
            Rule("{" + matches + ", backendRefs: [{name: s, port: 1, filters: [" + Filter + "]}]}"));
        Decoded.One<Api.HttpRoute>(Rule("{filters: [" + Filter + "]}"));
    }

    [Theory]
    [InlineData("{backendRefs: [{name: s}]}", "backendRefs[0].port: is missing, a Service needs a port from 1 to 65535")]
    [InlineData("{backendRefs: [{name: s, port: 1, weight: 1000001}]}", "backendRefs[0].weight: is the number 1000001, must be a whole number from 0 to 1000000")]
    [InlineData("{backendRefs: [{name: s, port: 1, weight: -1}]}", "backendRefs[0].weight:")]
    [InlineData("{backendRefs: [{port: 1}]}", "backendRefs[0].name: is missing")]
    [InlineData("{backendRefs: [{name: s, port: 1}], filters: [{type: RequestRedirect, requestRedirect: {}}]}", "filters[0]: is a RequestRedirect in a rule with backendRefs")]
    [InlineData("{timeouts: {request: 10}}", "timeouts.request: is the number 10, must be text")]
    [InlineData("{timeouts: {request: 10d}}", "timeouts.request: is \"10d\", must be a duration")]
    public void A_rule_is_refused_at_the_field_that_is_wrong(string rule, string problem) =>
        AssertOnly("spec.rules[0]." + problem, Rule(rule));

    [Fact]
    public void More_than_128_matches_in_all_are_refused()
    {
        string rule = "{matches: [" + string.Join(", ", Enumerable.Repeat("{method: GET}", 43)) + "]}";

        AssertOnly("spec.rules: has 129 matches in all", Route($"{{rules: [{rule}, {rule}, {rule}]}}"));
    }

    [Theory]
    [InlineData("{rules: []}", "spec.rules: has 0 items, 1 to 1 are allowed")]
    [InlineData("{}", "spec.rules: is missing")]
    [InlineData("{rules: [{backendRefs: []}]}", "spec.rules[0].backendRefs: has 0 items, 1 to 16 are allowed")]
    [InlineData("{rules: [{backendRefs: [{name: s, port: 1, filters: []}]}]}", "spec.rules[0].backendRefs[0].filters: is an unknown field")]
    public void A_TCPRoute_is_refused_at_the_field_that_is_wrong(string spec, string problem) =>
        AssertOnly(problem, Route(spec).Replace("HTTPRoute", "TCPRoute", StringComparison.Ordinal));

    [Fact]
    public void Every_mistake_of_a_document_is_told_at_once() =>
        Assert.Equal(3, Decoded.Problems(Route("{hostnames: [A], rules: [{matches: [{method: X}], nam: a}]}")).Length);
}
