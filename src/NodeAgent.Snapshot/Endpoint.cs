using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <param name="Address">An IP address in its canonical text form.</param>
/// <param name="Port">1..65535.</param>
public sealed record Endpoint(string Address, int Port)
{
    /// <summary>Where it runs (topology.kubernetes.io/zone); null where nobody said.</summary>
    public string? Zone { get; init; }

    /// <summary>
    /// Clients in which zones are meant to use it, sorted. Set on all endpoints of a backend or on none: a hint counts only
    /// when every endpoint has one.
    /// </summary>
    public ImmutableArray<string>? ForZones { get; init; }

    /// <summary>Clients on which nodes are meant to use it, sorted; on all endpoints or on none.</summary>
    public ImmutableArray<string>? ForNodes { get; init; }

    public bool Equals(Endpoint? other) =>
        other is not null
        && (Address, Port, Zone) == (other.Address, other.Port, other.Zone)
        && (ForZones ?? []).SequenceEqual(other.ForZones ?? [])
        && (ForNodes ?? []).SequenceEqual(other.ForNodes ?? []);

    public override int GetHashCode() => HashCode.Combine(Address, Port);
}
