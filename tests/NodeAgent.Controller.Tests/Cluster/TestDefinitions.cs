namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>CustomResourceDefinitions that let anything through, as small as an API server takes them.</summary>
internal static class TestDefinitions
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    public static string GatewayApi { get; } = string.Join(
        "\n---\n",
        Of(GatewayGroup, "v1", "GatewayClass", "gatewayclasses", "Cluster"),
        Of(GatewayGroup, "v1", "Gateway", "gateways"),
        Of(GatewayGroup, "v1", "HTTPRoute", "httproutes"),
        Of(GatewayGroup, "v1", "ReferenceGrant", "referencegrants"));

    /// <param name="status">Its schema; a field that it does not have is dropped by the server. Null lets all through.</param>
    public static string Of(string group, string version, string kind, string plural, string scope = "Namespaced", string? status = null) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.{{group}}
          annotations: {api-approved.kubernetes.io: unapproved, gateway.networking.k8s.io/bundle-version: v1.6.1, gateway.networking.k8s.io/channel: standard}
        spec:
          group: {{group}}
          names: {kind: {{kind}}, listKind: {{kind}}List, plural: {{plural}}, singular: {{kind.ToLowerInvariant()}} }
          scope: {{scope}}
          versions:
          - name: {{version}}
            served: true
            storage: true
            schema:
              openAPIV3Schema: {{(status is null
                ? "{type: object, x-kubernetes-preserve-unknown-fields: true}"
                : $$"""{type: object, properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}, status: {{status}} } }""")}}
            subresources: {status: {} }
        """;
}
