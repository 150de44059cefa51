using System.Text;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Decoding;

public sealed class DefaultsTests
{
    private const string Gateway = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: g}
        spec:
          gatewayClassName: nodeagent
          addresses: [{value: 127.0.0.9}, {type: IPAddress}]
          listeners:
          - {name: a, port: 80, protocol: HTTP}
          - name: b
            port: 443
            protocol: HTTPS
            tls: {certificateRefs: [{name: cert}]}
            allowedRoutes:
              kinds: [{kind: HTTPRoute}]
          - {name: c, port: 81, protocol: example.com/BAR, allowedRoutes: {namespaces: {from: All}}}
        """;

    [Fact]
    public void Metadata_defaults_to_namespace_default_and_generation_1()
    {
        ObjectMeta meta = Decoded.One<Gateway>(Gateway).Meta;

        Assert.Equal(("default", "g", 1L, 0L), (meta.Namespace, meta.Name, meta.Generation, meta.CreatedAt));
        Assert.Empty(meta.Labels);
    }

    [Fact]
    public void Metadata_is_taken_over()
    {
        ObjectMeta meta = Decoded.One<Namespace>("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: n, namespace: ignored, generation: 7, creationTimestamp: 1970-01-01T00:01:00Z, labels: {team: "1"}}
            status: {phase: Active}
            """).Meta;

        Assert.Equal(("", "n", 7L, 60L), (meta.Namespace, meta.Name, meta.Generation, meta.CreatedAt));
        Assert.Equal("1", meta.Labels["team"]);
    }

    [Fact]
    public void A_listener_takes_routes_of_its_own_namespace_unless_it_says_otherwise()
    {
        Gateway gateway = Decoded.One<Gateway>(Gateway);

        Assert.Equal(AllowedRoutes.Default, gateway.Listeners[0].AllowedRoutes);
        Assert.Equal("Same", gateway.Listeners[1].AllowedRoutes.From);
        Assert.Equal(new RouteKind("gateway.networking.k8s.io", "HTTPRoute"), Assert.Single(gateway.Listeners[1].AllowedRoutes.Kinds));
        Assert.Equal("All", gateway.Listeners[2].AllowedRoutes.From);
    }

    [Fact]
    public void Tls_terminates_with_a_Secret_and_addresses_are_IPAddress()
    {
        Gateway gateway = Decoded.One<Gateway>(Gateway);

        ListenerTls tls = Assert.IsType<ListenerTls>(gateway.Listeners[1].Tls);
        Assert.Equal("Terminate", tls.Mode);
        Assert.Equal(new ObjectReference("", "Secret", "cert", null), Assert.Single(tls.CertificateRefs));
        Assert.Equal([new GatewayAddress("IPAddress", "127.0.0.9"), new GatewayAddress("IPAddress", null)], gateway.Addresses.AsEnumerable());
    }

    [Fact]
    public void A_route_without_rules_has_one_that_matches_everything()
    {
        HttpRoute route = Decoded.One<HttpRoute>("""
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: HTTPRoute
            metadata: {name: r}
            spec: {parentRefs: [{name: g}]}
            """);

        HttpRouteRule rule = Assert.Single(route.Rules);
        HttpRouteMatch match = Assert.Single(rule.Matches);
        Assert.Equal(("PathPrefix", "/", null), (match.PathType, match.PathValue, match.Method));
        Assert.Equal(new ParentRef("gateway.networking.k8s.io", "Gateway", null, "g", null, null), Assert.Single(route.ParentRefs));
    }

    [Fact]
    public void Matches_filters_and_backends_get_their_defaults()
    {
        HttpRouteRule rule = Decoded.One<HttpRoute>("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r}
            spec:
              rules:
              - matches:
                - headers: [{name: X, value: y}]
                  path: {value: /a}
                - queryParams: [{name: q, value: v, type: RegularExpression}]
                  path: null
                filters:
                - type: URLRewrite
                  urlRewrite: {hostname: x.example}
                backendRefs: [{name: s, port: 80}, {name: t, group: example.com, kind: Bucket, weight: 0}]
              - filters:
                - type: RequestRedirect
                  requestRedirect: {}
            """).Rules[0];

        Assert.Equal(("PathPrefix", "/a"), (rule.Matches[0].PathType, rule.Matches[0].PathValue));
        Assert.Equal(new NamedMatch("Exact", "X", "y"), Assert.Single(rule.Matches[0].Headers));
        Assert.Equal(("PathPrefix", "/"), (rule.Matches[1].PathType, rule.Matches[1].PathValue));
        Assert.Equal("RegularExpression", Assert.Single(rule.Matches[1].QueryParams).Type);
        Assert.Equal(("", "Service", 80, 1), (rule.BackendRefs[0].Group, rule.BackendRefs[0].Kind, rule.BackendRefs[0].Port, rule.BackendRefs[0].Weight));
        Assert.Equal((null, 0), (rule.BackendRefs[1].Port, rule.BackendRefs[1].Weight));
    }

    [Fact]
    public void A_redirect_defaults_to_302_a_mirror_to_every_request_and_CORS_to_5_seconds()
    {
        HttpRouteRule rule = Decoded.One<HttpRoute>("""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r}
            spec:
              rules:
              - timeouts: {request: 10s}
                retry: {attempts: 2, codes: [500]}
                sessionPersistence: {}
                filters:
                - {type: RequestRedirect, requestRedirect: {scheme: https}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: m, port: 1}}}
                - {type: RequestMirror, requestMirror: {backendRef: {name: m, port: 1}, fraction: {numerator: 7}}}
                - {type: CORS, cors: {allowOrigins: ["*"]}}
            """).Rules[0];

        Assert.Equal(302, rule.Filters[0].RequestRedirect!.StatusCode);
        Assert.Equal((100, 100), (rule.Filters[1].RequestMirror!.Numerator, rule.Filters[1].RequestMirror!.Denominator));
        Assert.Equal((7, 100), (rule.Filters[2].RequestMirror!.Numerator, rule.Filters[2].RequestMirror!.Denominator));
        Assert.Equal((5, false), (rule.Filters[3].Cors!.MaxAge, rule.Filters[3].Cors!.AllowCredentials));
        Assert.Equal(new HttpRouteTimeouts(TimeSpan.FromSeconds(10), null), rule.Timeouts);
        Assert.Equal(new SessionPersistence(null, null, "Cookie", "Session"), rule.SessionPersistence);
    }

    [Fact]
    public void TCPRoute_reads_the_same_in_all_versions()
    {
        foreach (string version in new[] { "v1", "v1alpha2", "v1alpha3" })
        {
            TcpRoute route = Decoded.One<TcpRoute>($$"""
                apiVersion: gateway.networking.k8s.io/{{version}}
                kind: TCPRoute
                metadata: {name: r, namespace: n}
                spec:
                  parentRefs: [{name: g, sectionName: tcp}]
                  rules: [{name: only, backendRefs: [{name: s, port: 1, weight: 3}]}]
                """);
            Assert.Equal("only", route.RuleName);
            Assert.Equal(3, Assert.Single(route.BackendRefs).Weight);
        }
    }

    [Fact]
    public void Service_and_EndpointSlice_get_theirs_and_may_have_every_upstream_field()
    {
        Service service = Decoded.One<Service>("""
            apiVersion: v1
            kind: Service
            metadata: {name: s, annotations: {a.b/c: ""}}
            spec:
              selector: {app: s}
              clusterIP: 10.0.0.1
              sessionAffinity: None
              ports: [{port: 80, targetPort: http, nodePort: 30080}]
            """);
        Assert.Equal(("ClusterIP", new ServicePort("", 80, "TCP", null)), (service.Type, Assert.Single(service.Ports)));

        EndpointSlice slice = Decoded.One<EndpointSlice>("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}
            addressType: IPv4
            ports: [{port: 8080}]
            endpoints:
            - {addresses: [127.0.0.1], nodeName: n, zone: z}
            - {addresses: [10.0.0.2], conditions: {ready: false, terminating: true}}
            - {addresses: [10.0.0.3], conditions: {ready: false, serving: true}}
            """);
        Assert.Equal(("s", new SlicePort("", 8080, "TCP")), (slice.ServiceName, Assert.Single(slice.Ports)));
        Assert.Equal(
            [(true, true, false), (false, false, true), (false, true, false)],
            slice.Endpoints.Select(e => (e.Ready, e.Serving, e.Terminating)));
    }

    [Fact]
    public void Secret_data_is_decoded_and_stringData_wins()
    {
        Secret secret = Decoded.One<Secret>("""
            apiVersion: v1
            kind: Secret
            metadata: {name: s}
            data: {a: aGk=, b: aGk=}
            stringData: {b: plain}
            """);

        Assert.Equal("Opaque", secret.Type);
        Assert.Equal(["hi", "plain"], secret.Data.Values.Select(v => Encoding.UTF8.GetString([.. v])));
    }
}
