using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane;

namespace NodeAgent.Agent;

/// <summary>All that <c>nodeagent run</c> was told.</summary>
/// <param name="AddressPools">CIDRs in canonical text, in the order given.</param>
/// <param name="StateFolder">Full path; made when missing.</param>
/// <param name="Metrics">Null: metrics are on the admin address only.</param>
internal sealed record NodeAgentOptions(
    OriginOptions Origin,
    ImmutableArray<string> AddressPools,
    string StateFolder,
    IPEndPoint Admin,
    IPEndPoint? Metrics,
    DataPlaneOptions DataPlane);

/// <summary>Where the configuration comes from.</summary>
internal abstract record OriginOptions;

/// <param name="Folder">Full path of an existing folder of manifests.</param>
internal sealed record FolderOptions(string Folder) : OriginOptions;

/// <param name="Kubeconfig">Full path of a file; null: the service account of the pod we run in.</param>
/// <param name="Context">Of the file; null: its current one.</param>
/// <param name="Namespaces">Only these are looked at; empty for all.</param>
/// <param name="RequestsPerSecond">To the API server, in the long run.</param>
/// <param name="LeaseNamespace">Null: nodeagent-system, or where that is missing the namespace of the context.</param>
internal sealed record ClusterOptions(
    string? Kubeconfig,
    string? Context,
    ImmutableArray<string> Namespaces,
    int RequestsPerSecond,
    string? LeaseNamespace,
    string LeaseName) : OriginOptions;
