using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>
/// All that a translation depends on. Objects may come in any order; each kind/namespace/name stands at most once.
/// </summary>
public sealed record ClusterState
{
    public static ClusterState Empty { get; } = new();

    public ImmutableArray<ApiObject> Objects { get; init; } = [];

    /// <summary>What the data plane reported of the listeners it was given.</summary>
    public Observed Observed { get; init; } = Observed.AllBound;

    /// <summary>Where Gateways without spec.addresses get theirs from, and what they were given before.</summary>
    public AddressSpace Addresses { get; init; } = AddressSpace.None;

    public DataPlaneFeatures Features { get; init; } = DataPlaneFeatures.All;

    /// <summary>Folders below which a node lets StaticFiles serve its own; null where no node is known, and then none is refused here.</summary>
    public ImmutableArray<string>? StaticRoots { get; init; }

    /// <summary>
    /// Whoever writes objects need not be the operator of the nodes, as they are where both read one folder: addresses
    /// come from the pools of <see cref="AddressSpace.Pools"/> alone, nothing leads to what only a node can reach, and
    /// unknown <see cref="StaticRoots"/> are none.
    /// </summary>
    public bool InCluster { get; init; }
}

/// <param name="BindFailures">Only failures: what is not named here is served, or offline assumed to be.</param>
public sealed record Observed(ImmutableArray<BindFailure> BindFailures)
{
    public static Observed AllBound { get; } = new([]);
}

/// <param name="Gateway"><c>NS/NAME</c>.</param>
/// <param name="Message">One line for the user: the address, port and what holds it.</param>
public sealed record BindFailure(string Gateway, string Listener, string Message);

/// <param name="Pools">In the order given; each an IPv4 or IPv6 CIDR in canonical text.</param>
/// <param name="Remembered">Gateway key to addresses, from earlier runs: each is kept as long as it is in a pool and free.</param>
public sealed record AddressSpace(ImmutableArray<string> Pools, ImmutableSortedDictionary<string, PoolAddresses> Remembered)
{
    public static AddressSpace None { get; } = new([], ImmutableSortedDictionary<string, PoolAddresses>.Empty);
}
