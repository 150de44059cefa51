using System.Collections.Immutable;

namespace NodeAgent.Conformance.World;

/// <summary>A kind as the API server serves it, in the version that the suite uses.</summary>
public sealed record SuiteKind(string ApiVersion, string Kind, string Plural, bool Namespaced = true)
{
    private const string GatewayApi = "gateway.networking.k8s.io/v1";

    /// <summary>Every kind in the suite's manifests, and what a cluster adds to them by itself.</summary>
    public static ImmutableDictionary<string, SuiteKind> All { get; } = new SuiteKind[]
    {
        new("v1", "Namespace", "namespaces", Namespaced: false),
        new("v1", "Service", "services"),
        new("v1", "Pod", "pods"),
        new("v1", "Secret", "secrets"),
        new("v1", "ConfigMap", "configmaps"),
        new("apps/v1", "Deployment", "deployments"),
        new("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
        new(GatewayApi, "GatewayClass", "gatewayclasses", Namespaced: false),
        new(GatewayApi, "Gateway", "gateways"),
        new(GatewayApi, "HTTPRoute", "httproutes"),
        new(GatewayApi, "GRPCRoute", "grpcroutes"),
        new(GatewayApi, "TLSRoute", "tlsroutes"),
        new(GatewayApi, "TCPRoute", "tcproutes"),
        new(GatewayApi, "UDPRoute", "udproutes"),
        new(GatewayApi, "ListenerSet", "listenersets"),
        new(GatewayApi, "ReferenceGrant", "referencegrants"),
        new(GatewayApi, "BackendTLSPolicy", "backendtlspolicies"),
    }.ToImmutableDictionary(k => k.Kind, StringComparer.Ordinal);

    /// <param name="ns">Null for the collection in all namespaces, or of a kind that has none.</param>
    public string Path(string? ns, string? name = null, string? apiVersion = null)
    {
        string version = apiVersion ?? ApiVersion;
        string root = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        return root + (Namespaced && ns is not null ? $"/namespaces/{ns}" : "") + $"/{Plural}" + (name is null ? "" : $"/{name}");
    }
}
