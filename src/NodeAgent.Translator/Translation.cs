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

    /// <summary>The objects of kinds that are read by name alone that were looked for, found or not, sorted; the same array as before when they are the same.</summary>
    public ImmutableArray<WantedObject> Wanted { get; init; } = [];

    /// <summary>
    /// The Services that were looked for, found or not, sorted; the same array as before when they are the same. All other
    /// Services, and the EndpointSlices of all others, might as well not be there: the result would be the same.
    /// </summary>
    public ImmutableArray<WantedObject> Services { get; init; } = [];

    /// <summary>GatewayClasses of ours that a Gateway uses, sorted; the same array as before when they are the same.</summary>
    public ImmutableArray<ClassInUse> ClassesInUse { get; init; } = [];
}

/// <param name="Group">Also that of the original Service APIs.</param>
public readonly record struct ClassInUse(string Group, string Name);

/// <summary>An object that means nothing by itself and is read by name.</summary>
/// <param name="Kind"><c>Secret</c>, <c>ConfigMap</c>, <c>Pod</c>, <c>StatefulSet</c>, <c>Node</c> or <c>Service</c>.</param>
/// <param name="Namespace">Empty for a Node.</param>
public sealed record WantedObject(string Kind, string Namespace, string Name);
