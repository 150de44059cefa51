using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Translator.Tests;

/// <summary>What check tells of objects that can be read.</summary>
public class FindingTests
{
    private const string Gateway = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: nodeagent}
        spec: {controllerName: nodeagent.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: gw}
        spec:
          gatewayClassName: nodeagent
          listeners:
          - {name: http, port: 80, protocol: HTTP}
          - {name: tcp, port: 80, protocol: TCP}
          - {name: fine, port: 8080, protocol: HTTP}

        """;

    [Fact]
    public void Each_unresolved_reference_is_told_once_with_its_place_however_many_parents_there_are()
    {
        Finding[] findings = [.. Check("""
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r}
            spec:
              parentRefs: [{name: gw, sectionName: fine}, {name: gw, sectionName: http}, {name: gw, sectionName: nothing}]
              rules:
              - backendRefs: [{name: a, port: 80}]
              - backendRefs: [{name: b, port: 80}, {name: c, namespace: other, port: 80}]
            """).Where(f => f.Kind == "HTTPRoute")];

        Assert.Equal(
            [
                "spec.parentRefs[2] NoMatchingParent",
                "spec.rules[0].backendRefs[0] BackendNotFound",
                "spec.rules[1].backendRefs[0] BackendNotFound",
                "spec.rules[1].backendRefs[1] RefNotPermitted",
            ],
            findings.Select(f => $"{f.Field} {f.Reason}").Order(StringComparer.Ordinal));
        Assert.All(findings, f => Assert.NotEmpty(f.Mend));
    }

    [Fact]
    public void A_conflict_is_told_by_the_listeners_alone() => Assert.Equal(
        ["spec.listeners[0] Accepted ProtocolConflict", "spec.listeners[1] Accepted ProtocolConflict"],
        Check("").Select(f => $"{f.Field} {f.Condition} {f.Reason}"));

    [Fact]
    public void A_name_that_nothing_has_is_told()
    {
        Finding finding = Assert.Single(Check("""
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: TCPRoute
            metadata: {name: r}
            spec:
              parentRefs: [{name: gv}]
              rules: [{backendRefs: [{name: a, port: 80}]}]
            """), f => f.Kind == "TCPRoute");

        Assert.Equal("TCPRoute default/r", finding.Owner);
        Assert.Equal("spec.parentRefs[0]", finding.Field);
        Assert.Equal("there is no Gateway default/gv", finding.What);
    }

    private static ImmutableArray<Finding> Check(string more)
    {
        ManifestRead read = ManifestText.Read("in.yaml", Gateway + more);
        Assert.Empty(read.Problems);
        return GatewayTranslator.Check(Make.State([.. read.Objects]));
    }
}
