using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>How the endpoints of one backend are chosen, watched and spared. A null part is left to the agent's defaults.</summary>
/// <param name="MaxConnections">To one endpoint at the same time, from one agent; at least 1.</param>
/// <param name="MaxPending">HTTP requests that may wait for a connection while all endpoints are full; others get 503 at once.</param>
/// <param name="ConnectTimeoutMs">To one endpoint; then the next is tried.</param>
/// <param name="IdleTimeoutMs">TCP: without a byte either way. HTTP: how long an unused connection to an endpoint is kept.</param>
public sealed record BackendSettingsConfig(
    HealthCheckConfig? HealthCheck = null,
    LoadBalancingConfig? LoadBalancing = null,
    int? MaxConnections = null,
    int? MaxPending = null,
    int? ConnectTimeoutMs = null,
    int? IdleTimeoutMs = null);

/// <summary>Endpoints are healthy until checks say otherwise; when all are unhealthy, all are used.</summary>
/// <param name="IntervalMs">From the end of one check to the next.</param>
/// <param name="TimeoutMs">Of one check, connecting included.</param>
/// <param name="HealthyThreshold">So many successes in a row bring an endpoint back.</param>
/// <param name="UnhealthyThreshold">So many failures in a row take it out.</param>
/// <param name="Port">Null: the endpoint's own.</param>
/// <param name="Path">HTTP: the path asked for.</param>
/// <param name="Host">HTTP: the Host header; null sends the endpoint's address.</param>
/// <param name="Statuses">HTTP: what counts as success; empty is 200..399.</param>
/// <param name="Service">gRPC: the service asked about; null is the server as a whole.</param>
public sealed record HealthCheckConfig(
    HealthCheckType Type,
    int IntervalMs,
    int TimeoutMs,
    int HealthyThreshold,
    int UnhealthyThreshold,
    int? Port = null,
    string? Path = null,
    string? Host = null,
    ImmutableArray<StatusRange>? Statuses = null,
    string? Service = null)
{
    public bool Equals(HealthCheckConfig? other) =>
        other is not null
        && (Type, IntervalMs, TimeoutMs, HealthyThreshold, UnhealthyThreshold) ==
            (other.Type, other.IntervalMs, other.TimeoutMs, other.HealthyThreshold, other.UnhealthyThreshold)
        && (Port, Path, Host, Service) == (other.Port, other.Path, other.Host, other.Service)
        && (Statuses ?? []).SequenceEqual(other.Statuses ?? []);

    public override int GetHashCode() => HashCode.Combine(Type, IntervalMs, TimeoutMs, Port, Path, Host, Service);
}

public enum HealthCheckType
{
    /// <summary>A connection comes about.</summary>
    Tcp,

    /// <summary>GET over HTTP/1.1.</summary>
    Http,

    /// <summary>grpc.health.v1.Health/Check over cleartext HTTP/2 answers SERVING.</summary>
    Grpc,
}

/// <summary>HTTP statuses, both ends included.</summary>
public sealed record StatusRange(int From, int To);

/// <param name="HashOn">Only with <see cref="LoadBalancingType.ConsistentHash"/>.</param>
/// <param name="Name">Of the header or cookie that is hashed; what has none is balanced in turn. TCP hashes the client's address.</param>
public sealed record LoadBalancingConfig(LoadBalancingType Type, HashSource? HashOn = null, string? Name = null);

public enum LoadBalancingType
{
    RoundRobin,

    /// <summary>The less busy of two chosen by chance.</summary>
    LeastRequest,
    Random,
    ConsistentHash,
}

public enum HashSource
{
    Header,
    Cookie,
    SourceIp,
}
