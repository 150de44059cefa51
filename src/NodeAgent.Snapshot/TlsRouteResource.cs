using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// A TLSRoute as accepted by at least one listener. The most specific hostname that takes the SNI decides; among routes
/// with the same one the oldest, then the lowest NS/NAME. A client without SNI only meets routes without hostnames on a
/// listener without one.
/// </summary>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="Parents">
/// Whether the bytes are passed on as they are or TLS ends here is the listener's matter, so a route can do both.
/// </param>
/// <param name="Backends">Weights count per connection; one that falls to a faulty share is closed.</param>
public sealed record TlsRouteResource(
    string Namespace,
    string Name,
    long CreatedAt,
    ImmutableArray<RouteParent> Parents,
    ImmutableArray<BackendShare> Backends) : Resource
{
    [JsonIgnore]
    public override string Id => $"route/TLSRoute/{Namespace}/{Name}";

    public bool Equals(TlsRouteResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}
