using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Tests.Certificates;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>Listeners, wherever they stand, and what they refer to.</summary>
internal sealed partial class RandomCluster
{
    private static readonly (string Certificate, string Key)[] Pems =
    [
        (TestPem.ExampleCertificate, TestPem.ExampleKey),
        (TestPem.ExampleCertificate, TestPem.ExampleKeySec1),
        (TestPem.OtherCertificate, TestPem.OtherKey),
        (TestPem.ExampleCertificate, TestPem.OtherKey),
        ("odd", TestPem.OtherKey),
    ];

    /// <summary>The same objects in all states, so that each is parsed once.</summary>
    private static readonly ConcurrentDictionary<(string Key, int Pem, bool Typed), Secret> Secrets = new();

    private static readonly ConcurrentDictionary<(string Key, string Text), ConfigMap> Maps = new();

    private Listener Listener(string name) => new(
        name,
        Pick(80, 80, 443, 443, 443, 8080, 9000, 70000),
        Pick("HTTP", "HTTP", "HTTPS", "HTTPS", "HTTPS", "TLS", "TCP", "UDP", "example.com/odd"),
        Pick(ListenerHosts),
        Chance(20) ? null : new ListenerTls(Pick("Terminate", "Terminate", "Terminate", "Passthrough"), List(3, CertificateRef)),
        new AllowedRoutes(
            Pick("Same", "All", "All", "Selector", "None", "Odd"),
            Chance(70) ? Selector() : null,
            Chance(80) ? [] : [new RouteKind(Groups.Gateway, Pick("HTTPRoute", "TCPRoute", "OddRoute"))]));

    private ObjectReference CertificateRef() => new(
        Chance(95) ? Groups.Core : "x.io", Chance(95) ? "Secret" : "Odd", Pick("cert0", "cert1", "cert2"), Chance(30) ? Pick(Namespaces) : null);

    private Gateway WithTls(Gateway gateway) => gateway with
    {
        AllowedListeners = new NamespaceChoice(Pick("All", "All", "Same", "Selector", "None"), Chance(70) ? Selector() : null),
        BackendClientCertificateRef = Chance(70) ? null : CertificateRef(),
        FrontendTls = Chance(60) ? null : new FrontendTls(
            Chance(50) ? null : Validation(), Chance(50) ? [] : [new PortFrontendValidation(443, Chance(30) ? null : Validation())]),
    };

    private FrontendValidation Validation() => new(Pick("AllowValidOnly", "AllowInsecureFallback"), List(3, () => new ObjectReference(
        Groups.Core, Chance(80) ? "ConfigMap" : "Secret", Pick("ca0", "ca1", "ca2"), Chance(30) ? Pick(Namespaces) : null)));

    private ListenerSet ListenerSet(ObjectMeta meta) => new(
        meta,
        new ObjectReference(Groups.Gateway, Chance(95) ? "Gateway" : "Service", Pick("gw0", "gw1", "gw2"), Chance(70) ? Pick(Namespaces) : null),
        [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => Listener($"l{i}"))]);

    private Secret Certificate(ObjectMeta meta) => Secrets.GetOrAdd((meta.Key, _random.Next(Pems.Length), Chance(90)), static of =>
    {
        string[] key = of.Key.Split('/');
        return TestPem.Secret(key[0], key[1], Pems[of.Pem].Certificate, Pems[of.Pem].Key) with { Type = of.Typed ? "kubernetes.io/tls" : "Opaque" };
    });

    private ConfigMap Authorities(ObjectMeta meta) => Maps.GetOrAdd((meta.Key, Pick(TestPem.Authority, TestPem.ExampleCertificate, "odd")), static of =>
    {
        string[] key = of.Key.Split('/');
        return TestPem.Authorities(key[0], key[1], of.Text);
    });
}
