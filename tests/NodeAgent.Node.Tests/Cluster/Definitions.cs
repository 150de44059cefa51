namespace NodeAgent.Node.Tests.Cluster;

/// <summary>CustomResourceDefinitions that let anything through, as small as an API server takes them.</summary>
internal static class Definitions
{
    public static string Gateways { get; } = string.Join(
        "\n---\n",
        Of("GatewayClass", "gatewayclasses", "Cluster"),
        Of("Gateway", "gateways"),
        Of("ReferenceGrant", "referencegrants"));

    public static string HttpRoutes { get; } = Of("HTTPRoute", "httproutes");

    public static string TcpRoutes { get; } = Of("TCPRoute", "tcproutes");

    /// <summary>Of our own kinds, as they are installed.</summary>
    public static string OurFolder { get; } = Path.Combine(Node.QuickstartTests.Folder, "..", "..", "crds");

    private static string Of(string kind, string plural, string scope = "Namespaced") => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.gateway.networking.k8s.io
          annotations:
            api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/4530
            gateway.networking.k8s.io/bundle-version: v1.6.1
            gateway.networking.k8s.io/channel: standard
        spec:
          group: gateway.networking.k8s.io
          names: {kind: {{kind}}, listKind: {{kind}}List, plural: {{plural}}, singular: {{kind.ToLowerInvariant()}} }
          scope: {{scope}}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            subresources: {status: {} }
        """;
}
