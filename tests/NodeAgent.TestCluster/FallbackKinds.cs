using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster;

internal static class FallbackKinds
{
    public static IReadOnlyList<ServedKind> BuiltIn { get; } =
    [
        Kind("", "v1", "Namespace", "namespaces", false, true, false, "ns"),
        Kind("", "v1", "Service", "services", true, true, false, "svc"),
        Kind("", "v1", "Secret", "secrets", true, false, false),
        Kind("", "v1", "ConfigMap", "configmaps", true, false, false, "cm"),
        Kind("", "v1", "Pod", "pods", true, true, true, "po"),
        Kind("", "v1", "Node", "nodes", false, true, false, "no"),
        Kind("", "v1", "ServiceAccount", "serviceaccounts", true, false, false, "sa"),
        Kind("", "v1", "Endpoints", "endpoints", true, false, false, "ep"),
        Kind("", "v1", "Event", "events", true, false, false, "ev"),
        Kind("events.k8s.io", "v1", "Event", "events", true, false, false, "ev"),
        Kind("apps", "v1", "Deployment", "deployments", true, true, true, "deploy"),
        Kind("apps", "v1", "ReplicaSet", "replicasets", true, true, true, "rs"),
        Kind("apps", "v1", "DaemonSet", "daemonsets", true, true, true, "ds"),
        Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true, false, true),
        Kind("coordination.k8s.io", "v1", "Lease", "leases", true, false, false),
        Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false, true, true, "crd", "crds"),
    ];

    private static ServedKind Kind(string group, string version, string kind, string plural, bool namespaced, bool status, bool generation, params string[] shortNames) =>
        new(group, version, kind, plural, kind.ToLowerInvariant(), namespaced, new PermissiveSchema(group, version, kind)) { HasStatus = status, HasGeneration = generation, ShortNames = [.. shortNames] };
}
