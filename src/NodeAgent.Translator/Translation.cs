using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator;

/// <summary>What a <see cref="ClusterState"/> means: one configuration and the truth told about it.</summary>
/// <param name="Statuses">One per GatewayClass, Gateway and route that is ours, sorted by kind, namespace, name.</param>
/// <param name="Addresses">Pool addresses of each Gateway that has any, to be remembered.</param>
public sealed record Translation(
    ConfigSnapshot Snapshot,
    ImmutableArray<ObjectStatus> Statuses,
    ImmutableSortedDictionary<string, PoolAddresses> Addresses)
{
    /// <summary>What should exist in the cluster because a Gateway does (but not for those of the original Service APIs), sorted by Gateway. Standalone there is nowhere to put it.</summary>
    public ImmutableArray<OwnedObject> Objects { get; init; } = [];
}
