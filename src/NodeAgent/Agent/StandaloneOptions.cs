using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane;

namespace NodeAgent.Agent;

/// <summary>All that <c>nodeagent run --manifests</c> was told.</summary>
/// <param name="Manifests">Full path of an existing folder.</param>
/// <param name="AddressPools">CIDRs in canonical text, in the order given.</param>
/// <param name="StateFolder">Full path; made when missing.</param>
/// <param name="Metrics">Null: metrics are on the admin address only.</param>
internal sealed record StandaloneOptions(
    string Manifests,
    ImmutableArray<string> AddressPools,
    string StateFolder,
    IPEndPoint Admin,
    IPEndPoint? Metrics,
    DataPlaneOptions DataPlane);
