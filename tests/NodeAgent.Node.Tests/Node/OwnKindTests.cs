using System.Net;
using NodeAgent.Echo;

namespace NodeAgent.Node.Tests.Node;

/// <summary>Kinds of nodeagent.dev that have traffic, in the real executable.</summary>
public sealed class OwnKindTests : IDisposable
{
    private const int DnsPort = 5353;

    private readonly Manifests _manifests = new();

    public void Dispose() => _manifests.Dispose();

    [Fact]
    public async Task DNS_queries_by_UDP_and_TCP_follow_the_rules_of_a_DNSRoute()
    {
        await using var internalNames = new NameResponder(lastOctet: 7);
        await using var otherNames = new NameResponder(lastOctet: 9);
        _manifests.Write("gateway.yaml", """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gw, namespace: default}
            spec:
              gatewayClassName: nodeagent
              listeners:
              - {name: udp, protocol: UDP, port: 5353, allowedRoutes: {kinds: [{group: nodeagent.dev, kind: DNSRoute}]}}
              - {name: tcp, protocol: TCP, port: 5353, allowedRoutes: {kinds: [{group: nodeagent.dev, kind: DNSRoute}]}}
            """);
        _manifests.Write("names.yaml", Group("internal", internalNames.EndPoint), Group("other", otherNames.EndPoint), """
            apiVersion: nodeagent.dev/v1alpha1
            kind: DNSRoute
            metadata: {name: names, namespace: default}
            spec:
              parentRefs: [{name: gw}]
              rules:
              - {names: ["*.internal.example"], backendRefs: [{group: nodeagent.dev, kind: EndpointGroup, name: internal}]}
              - {names: [static.example], answer: [{type: A, value: 192.0.2.33}]}
              - {names: ["*.ads.example"], refuse: NXDomain}
              - {types: [A], backendRefs: [{group: nodeagent.dev, kind: EndpointGroup, name: other}]}
            """);
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);
        string address = await node.AddressAsync("gw");
        foreach (bool tcp in (bool[])[false, true])
        {
            Assert.Equal((0, 7), await NameResponder.AskAsync(address, DnsPort, "a.internal.example", tcp));
            Assert.Equal((0, 33), await NameResponder.AskAsync(address, DnsPort, "static.example", tcp));
            Assert.Equal((3, 0), await NameResponder.AskAsync(address, DnsPort, "x.ads.example", tcp));
            Assert.Equal((0, 9), await NameResponder.AskAsync(address, DnsPort, "www.example.com", tcp));
        }
    }

    [Fact]
    public async Task A_host_name_of_an_EndpointGroup_is_a_backend_of_HTTP_routes()
    {
        await using EchoServer pod = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("outside"));
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"]));
        _manifests.Write("route.yaml", $$"""
            apiVersion: nodeagent.dev/v1alpha1
            kind: EndpointGroup
            metadata: {name: outside, namespace: default}
            spec: {port: {{pod.Http[0].Port}}, hostnames: [{name: localhost}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web, namespace: default}
            spec:
              parentRefs: [{name: gw}]
              rules: [{backendRefs: [{group: nodeagent.dev, kind: EndpointGroup, name: outside}]}]
            """);
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);
        string address = await node.AddressAsync("gw");
        Assert.Equal((200, "outside"), await Client.GetAsync(address, 8080));
    }

    private static string Group(string name, IPEndPoint endPoint) => $$"""
        apiVersion: nodeagent.dev/v1alpha1
        kind: EndpointGroup
        metadata: {name: {{name}}, namespace: default}
        spec: {port: 53, endpoints: [{address: {{endPoint.Address}}, port: {{endPoint.Port}}}]}
        """;
}
