using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Tests.Decoding;

namespace NodeAgent.Translator.Tests.Legacy;

public sealed class LegacyDefaultsTests
{
    [Fact]
    public void A_listener_takes_routes_of_its_namespace_and_ends_tls()
    {
        LegacyGateway gateway = Decoded.One<LegacyGateway>("""
            apiVersion: networking.x-k8s.io/v1alpha1
            kind: Gateway
            metadata: {name: web}
            spec:
              gatewayClassName: c
              addresses: [{value: 10.0.0.1}]
              listeners:
                - {port: 443, protocol: HTTPS, hostname: "*", tls: {}, routes: {kind: HTTPRoute}}
                - {port: 444, protocol: HTTPS, hostname: Foo.Example, tls: {routeOverride: {certificate: Allow}, options: {a: b}}, routes: {kind: HTTPRoute, group: ""}}
            """);
        LegacyListener first = gateway.Listeners[0];
        Assert.Equal((null, "Terminate", false), (first.Hostname, first.Tls!.Mode, first.Tls.RouteOverride));
        Assert.Equal(("networking.x-k8s.io", "Same", null), (first.Routes.Group, first.Routes.Namespaces.From, first.Routes.Labels));
        LegacyListener second = gateway.Listeners[1];
        Assert.Equal(("foo.example", true, "networking.x-k8s.io"), (second.Hostname, second.Tls!.RouteOverride, second.Routes.Group));
        Assert.Equal("IPAddress", gateway.Addresses[0].Type);
    }

    [Fact]
    public void A_route_without_anything_matches_everything_and_forwards_nowhere()
    {
        LegacyHttpRoute route = Decoded.One<LegacyHttpRoute>(
            "apiVersion: networking.x-k8s.io/v1alpha1\nkind: HTTPRoute\nmetadata: {name: x}\nspec: {}\n");
        LegacyHttpRule rule = Assert.Single(route.Rules);
        LegacyHttpMatch match = Assert.Single(rule.Matches);
        Assert.Equal(("Prefix", "/", 0), (match.PathType, match.PathValue, match.Headers.Count));
        Assert.Empty(rule.ForwardTo);
        Assert.Equal("SameNamespace", route.Gateways.Allow);
    }

    [Fact]
    public void Weights_are_1_and_ports_that_of_the_request()
    {
        LegacyTcpRoute route = Decoded.One<LegacyTcpRoute>(
            "apiVersion: networking.x-k8s.io/v1alpha1\nkind: TCPRoute\nmetadata: {name: x}\nspec: {rules: [{forwardTo: [{serviceName: a, backendRef: {group: core, kind: Service, name: b}}]}]}\n");
        LegacyForwardTo forward = Assert.Single(Assert.Single(route.Rules).ForwardTo);
        Assert.Equal(("a", null, 1, ""), (forward.ServiceName, forward.Port, forward.Weight, forward.BackendRef!.Group));
    }
}
