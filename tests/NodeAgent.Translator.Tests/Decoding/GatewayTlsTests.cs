using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Decoding;

public sealed class GatewayTlsTests
{
    private const string Ref = "{group: '', kind: ConfigMap, name: ca}";

    [Fact]
    public void Every_field_beside_the_listeners_is_read()
    {
        Gateway gateway = Decoded.One<Gateway>(Manifest("""
            defaultScope: All
              allowedListeners: {namespaces: {from: Selector, selector: {matchLabels: {a: b}}}}
              infrastructure: {labels: {l: x}, annotations: {a: y}, parametersRef: {group: g, kind: K, name: p}}
              tls:
                backend: {clientCertificateRef: {name: client, namespace: other}}
                frontend:
                  default: {validation: {caCertificateRefs: [REF]}}
                  perPort:
                  - {port: 8443, tls: {validation: {mode: AllowInsecureFallback, caCertificateRefs: [REF]}}}
                  - {port: 9443, tls: {}}
            """.Replace("REF", Ref, StringComparison.Ordinal)));
        Assert.Equal("All", gateway.DefaultScope);
        Assert.Equal("Selector", gateway.AllowedListeners.From);
        Assert.Equal("b", gateway.AllowedListeners.Selector!.MatchLabels["a"]);
        Assert.Equal("x", gateway.InfrastructureLabels["l"]);
        Assert.Equal("y", gateway.InfrastructureAnnotations["a"]);
        Assert.Equal(new ParametersRef("g", "K", "p", null), gateway.InfrastructureParameters);
        Assert.Equal(new ObjectReference("", "Secret", "client", "other"), gateway.BackendClientCertificateRef);
        Assert.Equal("AllowValidOnly", gateway.FrontendTls!.Default!.Mode);
        Assert.Equal([new ObjectReference("", "ConfigMap", "ca", null)], gateway.FrontendTls.Default.CaCertificateRefs.AsEnumerable());
        Assert.Equal([8443, 9443], gateway.FrontendTls.PerPort.Select(p => p.Port));
        Assert.Equal("AllowInsecureFallback", gateway.FrontendTls.PerPort[0].Validation!.Mode);
        Assert.Null(gateway.FrontendTls.PerPort[1].Validation);
    }

    [Fact]
    public void Without_them_nobody_is_let_in_and_nobody_is_asked()
    {
        Gateway gateway = Decoded.One<Gateway>(Manifest("defaultScope: None"));
        Assert.Equal(NamespaceChoice.None, gateway.AllowedListeners);
        Assert.Null(gateway.FrontendTls);
        Assert.Null(gateway.BackendClientCertificateRef);
    }

    [Theory]
    [InlineData("frontend: {default: {}, perPort: [{port: 1, tls: {}}, {port: 1, tls: {}}]}", "spec.tls.frontend.perPort[1].port: is 1 a second time")]
    [InlineData("frontend: {default: {}, perPort: [{port: 1}]}", "spec.tls.frontend.perPort[0].tls: is missing")]
    [InlineData("frontend: {default: {validation: {}}}", "spec.tls.frontend.default.validation.caCertificateRefs: is missing")]
    [InlineData("frontend: {default: {validation: {caCertificateRefs: []}}}", "spec.tls.frontend.default.validation.caCertificateRefs: has 0 items")]
    [InlineData("frontend: {default: {validation: {caCertificateRefs: [{name: c}]}}}", "spec.tls.frontend.default.validation.caCertificateRefs[0].group: is missing")]
    [InlineData("frontend: {default: {validation: {mode: Off, caCertificateRefs: [" + Ref + "]}}}", "spec.tls.frontend.default.validation.mode: is")]
    [InlineData("backend: {clientCertificateRef: {}}", "spec.tls.backend.clientCertificateRef.name: is missing")]
    public void The_field_that_is_wrong_is_named(string tls, string problem) =>
        Assert.StartsWith(problem, Decoded.Problems(Manifest($"tls: {{{tls}}}"))[0], StringComparison.Ordinal);

    [Fact]
    public void A_ConfigMap_has_texts_and_bytes()
    {
        ConfigMap map = Decoded.One<ConfigMap>("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}, binaryData: {c: aGk=}}");
        Assert.Equal("b", map.Data["a"]);
        Assert.Equal("hi"u8.ToArray(), map.BinaryData["c"].AsEnumerable());
    }

    [Theory]
    [InlineData("binaryData: {c: '*'}", "binaryData.c: is not base64")]
    [InlineData("data: {a: b}, binaryData: {a: aGk=}", "binaryData.a: is a key of data too")]
    [InlineData("data: {a: 1}", "data.a: is the number 1, must be text")]
    public void A_ConfigMap_is_refused_at_the_field_that_is_wrong(string fields, string problem) => Assert.StartsWith(
        problem,
        Assert.Single(Decoded.Problems($"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c}}, {fields}}}")),
        StringComparison.Ordinal);

    private static string Manifest(string more) => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: g}
        spec:
          gatewayClassName: c
          listeners: [{name: a, port: 443, protocol: HTTPS}]
          {{more}}
        """;
}
