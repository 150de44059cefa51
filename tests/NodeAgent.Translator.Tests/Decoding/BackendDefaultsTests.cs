using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>What objects of backends come to when fields are left out, and the less usual ones that are kept.</summary>
public sealed class BackendDefaultsTests
{
    [Fact]
    public void Affinity_to_a_client_lasts_three_hours_unless_the_Service_says_otherwise()
    {
        Assert.Null(Service("{ports: [{port: 80}]}").ClientIpAffinitySeconds);
        Assert.Equal(10_800, Service("{ports: [{port: 80}], sessionAffinity: ClientIP}").ClientIpAffinitySeconds);
        Assert.Equal(5, Service("{ports: [{port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}}").ClientIpAffinitySeconds);
    }

    [Fact]
    public void A_retry_constraint_has_the_defaults_of_its_CRD()
    {
        RetryConstraint whole = Traffic("{}");
        Assert.Equal(new RetryConstraint(20, TimeSpan.FromSeconds(10), 10, TimeSpan.FromSeconds(1)), whole);
        Assert.Equal(whole with { Percent = 0 }, Traffic("{budget: {percent: 0}}"));
        Assert.Equal(whole with { MinCount = 2 }, Traffic("{minRetryRate: {count: 2}}"));
    }

    [Fact]
    public void A_Pod_has_the_addresses_that_its_status_tells()
    {
        const string Spec = "spec: {containers: [{name: a, image: i, ports: [{containerPort: 53, protocol: UDP}]}], hostNetwork: true}";
        Pod running = Pod(Spec + ", status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: '::1'}], conditions: [{type: Ready, status: 'True'}], phase: Running}");
        Assert.Equal(["10.0.0.1", "::1"], running.Addresses.AsEnumerable());
        Assert.True(running.Ready);
        Assert.Equal([new ContainerPort("", 53, "UDP")], running.Ports.AsEnumerable());

        Assert.Equal(["10.0.0.2"], Pod(Spec + ", status: {podIP: 10.0.0.2}").Addresses.AsEnumerable());
        Assert.False(Pod(Spec).Ready);
        Assert.Empty(Pod(Spec).Addresses);
    }

    [Fact]
    public void A_Node_has_its_zone_and_the_addresses_that_are_any()
    {
        Node node = Decoded.One<Node>(
            "{apiVersion: v1, kind: Node, metadata: {name: n, labels: {topology.kubernetes.io/zone: z}}, spec: {podCIDR: 10.0.0.0/24}, "
            + "status: {addresses: [{type: Hostname, address: n}, {type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 192.0.2.1}]}}");
        Assert.Equal("z", node.Zone);
        Assert.Equal(["10.0.0.1", "192.0.2.1"], node.Addresses.AsEnumerable());
    }

    [Theory]
    [InlineData("{serviceName: s, replicas: 2}", "s")]
    [InlineData("{serviceName: ''}", null)]
    [InlineData("{}", null)]
    public void A_StatefulSet_may_have_no_governing_Service(string spec, string? service) =>
        Assert.Equal(service, Decoded.One<StatefulSet>($"{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: a}}, spec: {spec}}}").ServiceName);

    [Fact]
    public void An_endpoint_keeps_where_it_is_and_whom_it_is_for()
    {
        SliceEndpoint endpoint = Assert.Single(Decoded.One<EndpointSlice>(
            "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [{addresses: [1.2.3.4], "
            + "hostname: h, nodeName: n, zone: z, hints: {forZones: [{name: y}], forNodes: [{name: n}]}, targetRef: {kind: Pod, namespace: a, name: p, uid: u}}]}").Endpoints);
        Assert.Equal(("z", "y", "n"), (endpoint.Zone, Assert.Single(endpoint.ForZones), Assert.Single(endpoint.ForNodes)));
        Assert.Equal(new EndpointOwner("Pod", "a", "p"), endpoint.Owner);
    }

    private static Service Service(string spec) =>
        Decoded.One<Service>($"{{apiVersion: v1, kind: Service, metadata: {{name: a}}, spec: {spec}}}");

    private static Pod Pod(string body) => Decoded.One<Pod>($"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, {body}}}");

    private static RetryConstraint Traffic(string constraint) => Decoded.One<XBackendTrafficPolicy>(
        "{apiVersion: gateway.networking.x-k8s.io/v1alpha1, kind: XBackendTrafficPolicy, metadata: {name: a}, "
        + $"spec: {{targetRefs: [{{group: '', kind: Service, name: s}}], retryConstraint: {constraint}}}}}").RetryConstraint!;
}
