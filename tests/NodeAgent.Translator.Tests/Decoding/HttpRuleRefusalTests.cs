namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>Rules of the HTTPRoute CRD beyond matches and the plain filters, each with what breaks it.</summary>
public sealed class HttpRuleRefusalTests
{
    private static string Rule(string rule) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r}
        spec: {rules: [{{rule}}]}
        """;

    private static void AssertOnly(string problem, string rule) => Assert.StartsWith(
        "spec.rules[0]." + problem, Assert.Single(Decoded.Problems(Rule(rule))), StringComparison.Ordinal);

    private static void AssertFilter(string problem, string filter) =>
        AssertOnly("filters[0]." + problem, "{filters: [" + filter + "]}");

    [Theory]
    [InlineData("{timeouts: {request: 1s, backendRequest: 2s}}", "timeouts.backendRequest: is longer than request, must be at most request")]
    [InlineData("{timeouts: {request: 1m, backendRequest: 1m1ms}}", "timeouts.backendRequest: is longer than request")]
    [InlineData("{timeouts: {backendRequest: 1.5s}}", "timeouts.backendRequest: is \"1.5s\", must be a duration")]
    [InlineData("{timeouts: {request: 100000s}}", "timeouts.request: is \"100000s\", must be a duration")]
    [InlineData("{timeouts: {request: 1h1h1h1h1h}}", "timeouts.request:")]
    [InlineData("{timeouts: {idle: 1s}}", "timeouts.idle: is an unknown field")]
    [InlineData("{retry: {codes: [500, 399]}}", "retry.codes[1]: is the number 399, must be a whole number from 400 to 599")]
    [InlineData("{retry: {codes: [600]}}", "retry.codes[0]:")]
    [InlineData("{retry: {codes: [503, 500, 503]}}", "retry.codes[2]: is 503 a second time, must be unique in codes")]
    [InlineData("{retry: {codes: ['500']}}", "retry.codes[0]: is \"500\", must be a whole number")]
    [InlineData("{retry: {attempts: 0}}", "retry.attempts: is the number 0, must be a whole number of at least 1")]
    [InlineData("{retry: {backoff: 1}}", "retry.backoff: is the number 1, must be text")]
    [InlineData("{sessionPersistence: {type: Body}}", "sessionPersistence.type: is \"Body\", must be one of Cookie, Header")]
    [InlineData("{sessionPersistence: {type: Header, cookieConfig: {}}}", "sessionPersistence.cookieConfig: is set with type Header")]
    [InlineData("{sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}}", "sessionPersistence.absoluteTimeout: is missing, a Permanent cookie needs it")]
    [InlineData("{sessionPersistence: {cookieConfig: {lifetimeType: Forever}}}", "sessionPersistence.cookieConfig.lifetimeType:")]
    [InlineData("{sessionPersistence: {idleTimeout: 1s}}", "sessionPersistence.idleTimeout: is an unknown field")]
    public void A_setting_is_refused_at_the_field_that_is_wrong(string rule, string problem) => AssertOnly(problem, rule);

    [Fact]
    public void A_session_name_has_at_most_128_characters() =>
        AssertOnly("sessionPersistence.sessionName:", $"{{sessionPersistence: {{sessionName: {new string('a', 129)}}}}}");

    [Theory]
    [InlineData("{timeouts: {request: 0s, backendRequest: 2s}}")]
    [InlineData("{timeouts: {request: 1s, backendRequest: 1000ms}}")]
    [InlineData("{timeouts: {request: 1s, backendRequest: 0s}}")]
    [InlineData("{timeouts: {}, retry: {}, sessionPersistence: {cookieConfig: {}}}")]
    [InlineData("{retry: {codes: [400, 599], attempts: 1000, backoff: 100ms}}")]
    [InlineData("{sessionPersistence: {absoluteTimeout: 1h, cookieConfig: {lifetimeType: Permanent}}}")]
    public void Settings_at_their_limits_are_taken(string rule) => Decoded.One<Api.HttpRoute>(Rule(rule));

    [Theory]
    [InlineData("{}", "backendRef: is missing")]
    [InlineData("{backendRef: {name: m, port: 1, weight: 1}}", "backendRef.weight: is an unknown field")]
    [InlineData("{backendRef: {name: m, port: 1}, percent: 101}", "percent: is the number 101, must be a whole number from 0 to 100")]
    [InlineData("{backendRef: {name: m, port: 1}, percent: 1, fraction: {numerator: 1}}", "fraction: is set beside percent, only one of the two is allowed")]
    [InlineData("{backendRef: {name: m, port: 1}, fraction: {}}", "fraction.numerator: is missing")]
    [InlineData("{backendRef: {name: m, port: 1}, fraction: {numerator: 101}}", "fraction.numerator: is 101, must be at most the denominator, 100")]
    [InlineData("{backendRef: {name: m, port: 1}, fraction: {numerator: 0, denominator: 0}}", "fraction.denominator:")]
    public void A_mirror_is_refused_at_the_field_that_is_wrong(string mirror, string problem) =>
        AssertFilter("requestMirror." + problem, "{type: RequestMirror, requestMirror: " + mirror + "}");

    [Theory]
    [InlineData("{allowOrigins: ['*', 'https://a.b']}", "allowOrigins: has '*' beside others, '*' must stand alone")]
    [InlineData("{allowOrigins: [https://a, https://a]}", "allowOrigins[1]: is \"https://a\" a second time")]
    [InlineData("{allowOrigins: [a.b]}", "allowOrigins[0]: is \"a.b\", must be '*' or an origin")]
    [InlineData("{allowOrigins: ['https://a.*.b']}", "allowOrigins[0]:")]
    [InlineData("{allowOrigins: ['ftp://a.b']}", "allowOrigins[0]:")]
    [InlineData("{allowOrigins: ['https://a.b/']}", "allowOrigins[0]:")]
    [InlineData("{allowMethods: [GET, '*']}", "allowMethods: has '*' beside others")]
    [InlineData("{allowMethods: [get]}", "allowMethods[0]: is \"get\", must be one of GET, HEAD")]
    [InlineData("{allowHeaders: [a, '*']}", "allowHeaders: has '*' beside others")]
    [InlineData("{allowHeaders: ['a b']}", "allowHeaders[0]:")]
    [InlineData("{exposeHeaders: [a, a]}", "exposeHeaders[1]: is \"a\" a second time")]
    [InlineData("{allowCredentials: 'yes'}", "allowCredentials: is \"yes\", must be true or false")]
    [InlineData("{maxAge: 0}", "maxAge: is the number 0, must be a whole number of at least 1")]
    public void CORS_is_refused_at_the_field_that_is_wrong(string cors, string problem) =>
        AssertFilter("cors." + problem, "{type: CORS, cors: " + cors + "}");

    [Theory]
    [InlineData("{allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*'], exposeHeaders: ['*']}")]
    [InlineData("{allowOrigins: ['http://*', 'https://*:8443', 'https://*.a.b:1', 'http://127.0.0.1:80', 'https://A-b']}")]
    public void CORS_takes_wildcards(string cors) => Decoded.One<Api.HttpRoute>(Rule("{filters: [{type: CORS, cors: " + cors + "}]}"));

    [Theory]
    [InlineData("{backendRef: {name: a, port: 1}}", "protocol: is missing")]
    [InlineData("{protocol: HTTP, http: {}}", "backendRef: is missing")]
    [InlineData("{protocol: HTTP, backendRef: {name: a, port: 1}}", "http: is missing, protocol HTTP needs it")]
    [InlineData("{protocol: GRPC, backendRef: {name: a, port: 1}}", "grpc: is missing, protocol GRPC needs it")]
    [InlineData("{protocol: GRPC, grpc: {}, http: {}, backendRef: {name: a, port: 1}}", "http: is set with protocol GRPC")]
    [InlineData("{protocol: HTTP, http: {}, grpc: {}, backendRef: {name: a, port: 1}}", "grpc: is set with protocol HTTP")]
    [InlineData("{protocol: HTTP, http: {}, backendRef: {name: a}}", "backendRef.port: is missing")]
    [InlineData("{protocol: HTTP, http: {path: 'a b'}, backendRef: {name: a, port: 1}}", "http.path:")]
    [InlineData("{protocol: HTTP, http: {allowedHeaders: [a, a]}, backendRef: {name: a, port: 1}}", "http.allowedHeaders[1]: is \"a\" a second time")]
    [InlineData("{protocol: GRPC, grpc: {allowedResponseHeaders: []}, backendRef: {name: a, port: 1}}", "grpc.allowedResponseHeaders: is an unknown field")]
    [InlineData("{protocol: HTTP, http: {}, forwardBody: {maxSize: big}, backendRef: {name: a, port: 1}}", "forwardBody.maxSize:")]
    public void External_auth_is_refused_at_the_field_that_is_wrong(string auth, string problem) =>
        AssertFilter("externalAuth." + problem, "{type: ExternalAuth, externalAuth: " + auth + "}");

    [Fact]
    public void External_auth_keeps_what_its_protocol_says()
    {
        Api.HttpRouteFilter[] filters = [.. Decoded.One<Api.HttpRoute>(Rule("""
            {filters: [
              {type: ExternalAuth, externalAuth: {protocol: GRPC, backendRef: {name: a, port: 1}, grpc: {allowedHeaders: [x]}, forwardBody: {maxSize: 9}}}]}
            """)).Rules[0].Filters];

        Api.ExternalAuth auth = filters[0].ExternalAuth!;
        Assert.Equal(("GRPC", "a", "x", 9L), (auth.Protocol, auth.Backend.Name, Assert.Single(auth.AllowedHeaders), auth.MaxBodySize));
    }

    [Fact]
    public void An_empty_list_of_matches_is_no_PathPrefix_to_replace() => AssertOnly(
        "filters[0].urlRewrite.path.type: is ReplacePrefixMatch",
        "{matches: [], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]}");
}
