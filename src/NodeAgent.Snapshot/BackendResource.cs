using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>One port of a Service, or of another kind of backend, with the endpoints that are ready for it.</summary>
/// <param name="Service">The name of the Service, or of the object that <see cref="Kind"/> says.</param>
/// <param name="Port">As backendRefs name it, 1..65535.</param>
/// <param name="Endpoints">Sorted by address, then port. Empty, and no <see cref="Hostnames"/>: requests are answered 503, connections reset.</param>
public sealed record BackendResource(
    string Namespace,
    string Service,
    int Port,
    BackendProtocol Protocol,
    ImmutableArray<Endpoint> Endpoints) : Resource
{
    /// <summary>Null for a Service, else XBackend, Pod, StatefulSet ...</summary>
    public string? Kind { get; init; }

    /// <summary>Host names whose addresses are endpoints beside <see cref="Endpoints"/>; null when there are none.</summary>
    public ImmutableArray<ResolvedHost>? Hostnames { get; init; }

    /// <summary>
    /// How requests, and connections whose TLS ended at the listener, reach the backend; null: in clear. What is passed on
    /// as it came (TCPRoute, TLSRoute on a passthrough listener) does not look at it.
    /// </summary>
    public BackendTls? Tls { get; init; }

    /// <summary>Which endpoints are preferred while any of them is there; null spreads over all of them.</summary>
    public TrafficDistribution? Distribution { get; init; }

    /// <summary>
    /// A client address stays with its endpoint until so many seconds after its last use, 1..86,400; null: it does not.
    /// Any <see cref="SessionAffinity"/> comes before it.
    /// </summary>
    public int? ClientIpAffinitySeconds { get; init; }

    /// <summary>Of rules that have none themselves; it binds to an endpoint of this backend, after weights chose the backend.</summary>
    public SessionAffinity? Session { get; init; }

    public RetryBudget? RetryBudget { get; init; }

    /// <summary>What a BackendSettings asks for; null when none targets this port.</summary>
    public BackendSettingsConfig? Settings { get; init; }

    [JsonIgnore]
    public override string Id => IdOf(Namespace, Service, Port, Kind, Protocol == BackendProtocol.Udp);

    /// <param name="kind">Null for a Service.</param>
    /// <param name="udp">A Service may have the same number as a TCP and as a UDP port, as DNS does.</param>
    public static string IdOf(string ns, string service, int port, string? kind = null, bool udp = false) =>
        (kind is null ? $"backend/{ns}/{service}/{port}" : $"backend/{kind}/{ns}/{service}/{port}") + (udp ? "/udp" : "");

    public bool Equals(BackendResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>A host name that the agent itself resolves, again and again: its addresses come and go without a new snapshot.</summary>
/// <param name="Name">Lower case, without a trailing dot.</param>
/// <param name="Port">1..65535, of each address.</param>
/// <param name="IntervalMs">Between two resolutions, at least 1,000 (the resolver does not tell how long an answer holds).</param>
public sealed record ResolvedHost(string Name, int Port, int IntervalMs);

/// <summary>What is spoken to a backend; a GRPCRoute speaks HTTP/2 to each that is not <see cref="Udp"/>.</summary>
public enum BackendProtocol
{
    Http1,
    Http2,

    /// <summary>Nothing that HTTP routes could speak; only bytes are passed on.</summary>
    Tcp,
    Udp,
}

/// <summary>
/// spec.trafficDistribution of a Service. <see cref="Endpoint.ForZones"/> and <see cref="Endpoint.ForNodes"/>, where
/// endpoints have them, say the same more exactly and count instead.
/// </summary>
public enum TrafficDistribution
{
    SameZone,
    SameNode,
}

/// <summary>XBackendTrafficPolicy spec.retryConstraint: a retry that is over the budget is refused with 503.</summary>
/// <param name="Percent">Of the requests in the last <paramref name="IntervalMs"/> so many percent may be retries, 0..100.</param>
/// <param name="IntervalMs">1,000..3,600,000.</param>
/// <param name="MinRetries">So many retries per <paramref name="MinIntervalMs"/> are always allowed; at least 1.</param>
/// <param name="MinIntervalMs">1..3,600,000.</param>
public sealed record RetryBudget(int Percent, long IntervalMs, int MinRetries, long MinIntervalMs);
