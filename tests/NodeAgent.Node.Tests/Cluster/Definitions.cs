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

    /// <summary>Of the original API.</summary>
    public static string ServiceApis { get; } = string.Join(
        "\n---\n",
        Of("GatewayClass", "gatewayclasses", "Cluster", Legacy, "v1alpha1"),
        Of("Gateway", "gateways", group: Legacy, version: "v1alpha1"),
        Of("HTTPRoute", "httproutes", group: Legacy, version: "v1alpha1"));

    /// <summary>Of our own kinds, as they are installed.</summary>
    public static string OurFolder { get; } = Path.Combine(Node.QuickstartTests.Folder, "..", "..", "crds");

    private const string Legacy = "networking.x-k8s.io";

    private static string Of(
        string kind, string plural, string scope = "Namespaced", string group = "gateway.networking.k8s.io", string version = "v1") => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.{{group}}
          annotations:
            api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/4530
            gateway.networking.k8s.io/bundle-version: v1.6.1
            gateway.networking.k8s.io/channel: standard
        spec:
          group: {{group}}
          names: {kind: {{kind}}, listKind: {{kind}}List, plural: {{plural}}, singular: {{kind.ToLowerInvariant()}} }
          scope: {{scope}}
          versions:
          - name: {{version}}
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            subresources: {status: {} }
        """;
}
