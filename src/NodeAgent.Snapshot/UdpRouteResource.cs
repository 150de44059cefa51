using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>A UDPRoute as accepted by at least one listener. Of several on one listener only the oldest serves.</summary>
/// <param name="CreatedAt">Unix seconds; the oldest wins, then the lower NS/NAME.</param>
/// <param name="Backends">Weights count per flow (client address and port); datagrams of a faulty share are dropped.</param>
public sealed record UdpRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<BackendShare> Backends) : Resource
{
    [JsonIgnore]
    public override string Id => $"route/UDPRoute/{Namespace}/{Name}";

    public bool Equals(UdpRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}
