using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>A TCPRoute as accepted by at least one listener. Of several on one listener only the oldest serves.</summary>
/// <param name="CreatedAt">Unix seconds; the oldest wins, then the lower NS/NAME.</param>
/// <param name="Backends">Weights count per connection.</param>
public sealed record TcpRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<BackendShare> Backends) : Resource
{
    [JsonIgnore]
    public override string Id => $"route/TCPRoute/{Namespace}/{Name}";

    public bool Equals(TcpRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}
