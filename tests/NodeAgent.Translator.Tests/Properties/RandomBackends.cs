using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>What routes refer to, and the policies that target it.</summary>
internal sealed partial class RandomCluster
{
    private IEnumerable<ApiObject> Backends() =>
    [
        .. Some(6, Names("svc"), Service),
        .. Some(8, Names("slice"), Slice),
        .. Some(4, Names("x"), XBackend),
        .. Some(4, Names("pod"), Pod),
        .. Some(3, Names("set"), meta => new StatefulSet(meta, Pick("svc0", "svc1", "svc2", null))),
        .. Some(4, Names("tls"), TlsPolicy),
        .. Some(4, Names("traffic"), TrafficPolicy),
        .. Some(2, Names("backends"), BackendGrant),
        new Node(Meta("", "node0"), Pick("z0", "z1", null), []),
    ];

    private BackendRef PlainBackend()
    {
        (string group, string kind, string stem) = Pick(
            (Groups.Core, "Service", "svc"),
            (Groups.Core, "Service", "svc"),
            (Groups.Core, "Service", "svc"),
            (Groups.Core, "Service", "svc"),
            (Groups.GatewayX, "XBackend", "x"),
            (Groups.Core, "Pod", "pod"),
            (Groups.Apps, "StatefulSet", "set"),
            ("x.io", "Odd", "svc"));
        return new BackendRef(
            group,
            kind,
            Chance(40) ? Pick(Namespaces) : null,
            stem + Pick("0", "1"),
            Chance(90) ? Pick(80, 81, 99) : null,
            Weight: 1,
            Filters: []);
    }

    private Service Service(ObjectMeta meta) => new(
        meta,
        Chance(90) ? "ClusterIP" : "ExternalName",
        [
            new ServicePort("web", 80, "TCP", Pick(null, null, "http", "kubernetes.io/h2c", "kubernetes.io/ws", "HTTPS", "odd")),
            new ServicePort("dns", Pick(81, 80), Pick("TCP", "UDP"), null),
        ])
    {
        IpFamilies = Pick<ImmutableArray<string>>([], ["IPv6", "IPv4"]),
        ClientIpAffinitySeconds = Chance(90) ? null : 60,
        TrafficDistribution = Pick(null, "PreferClose", "PreferSameNode"),
    };

    private EndpointSlice Slice(ObjectMeta meta) => new(
        meta,
        Pick("svc0", "svc1", null),
        Pick("IPv4", "IPv4", "IPv6", "FQDN"),
        [new SlicePort("web", Chance(90) ? Pick(8080, 8081) : null, "TCP"), new SlicePort("dns", 53, Pick("TCP", "UDP"))],
        List(4, Endpoint));

    private SliceEndpoint Endpoint() => new(Chance(95) ? [Address()] : [], Chance(50), Chance(50), Chance(50))
    {
        Zone = Pick("z0", "z1", "", null),
        ForZones = Pick<ImmutableArray<string>>([], ["z1", "z0"], ["z1"]),
        ForNodes = Pick<ImmutableArray<string>>([], ["node0"]),
        Owner = Chance(50) ? null : new EndpointOwner("Pod", "a", Pick("set0-0", "set0-1", "set1-0", "pod0")),
    };

    private XBackend XBackend(ObjectMeta meta) => new(
        meta,
        Pick("example.com", "other.org", "localhost", "10.0.0.1"),
        Pick(80, 99),
        Pick(null, "TCP", "HTTP", "HTTP2", "HTTP11", "H2C", "MCP"),
        Chance(40)
            ? null
            : new XBackendTls(Pick("None", "ServerOnly", "ClientAndServer"), Chance(50) ? null : CertificateRef(), Chance(50) ? null : Validated()));

    private Pod Pod(ObjectMeta meta) => new(
        meta, Pick("node0", "node1", null), List(2, Address), Chance(70), Chance(20), List(2, () => new ContainerPort("", Pick(80, 81), Pick("TCP", "UDP"))));

    private BackendTlsPolicy TlsPolicy(ObjectMeta meta) =>
        new(meta, List(3, () => Target(Pick("web", "dns", "gone", null, null))), Validated(), ImmutableSortedDictionary<string, string>.Empty);

    private BackendTlsValidation Validated()
    {
        ImmutableArray<ObjectReference> authorities = List(3, () => new ObjectReference(
            Groups.Core, Chance(90) ? "ConfigMap" : "Secret", Pick("ca0", "ca1", "ca2"), null));
        return new BackendTlsValidation(
            authorities,
            authorities.IsEmpty ? Pick("System", "System", "example.com/odd") : null,
            Pick("x.example.com", "y.example.com"),
            List(2, () => new SubjectAltName("Hostname", "*.example.com")));
    }

    private XBackendTrafficPolicy TrafficPolicy(ObjectMeta meta) => new(
        meta,
        List(3, () => Target(null)),
        Chance(50) ? null : new RetryConstraint(20, TimeSpan.FromSeconds(10), Pick(1, 10), TimeSpan.FromSeconds(1)),
        Chance(50) ? null : new SessionPersistence(Pick(null, "session", "bad name"), null, Pick("Cookie", "Header"), "Session"));

    private PolicyTarget Target(string? section) => Chance(80)
        ? new PolicyTarget(Chance(95) ? Groups.Core : "x.io", "Service", Pick("svc0", "svc1", "svc2"), section)
        : new PolicyTarget(Groups.GatewayX, "XBackend", Pick("x0", "x1"), section);

    private ReferenceGrant BackendGrant(ObjectMeta meta) => new(
        meta,
        [new GrantFrom(Groups.Gateway, Pick("UDPRoute", "GRPCRoute", "HTTPRoute"), Pick(Namespaces)), new GrantFrom(Groups.GatewayX, "XBackend", Pick(Namespaces))],
        [
            new GrantTo(Groups.GatewayX, "XBackend", null),
            new GrantTo(Groups.Core, Pick("Pod", "Service", "Secret"), null),
            new GrantTo(Groups.Apps, "StatefulSet", Pick(null, "set0")),
        ]);
}
