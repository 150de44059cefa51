using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>A BackendSettings as the data path reads it.</summary>
/// <param name="MaxConnections">To one endpoint, of all workers together.</param>
/// <param name="ConnectTimeout">Null: that of the data plane.</param>
/// <param name="IdleTimeout">Null: that of the data plane.</param>
internal sealed record PoolSettings(
    LoadBalancingConfig LoadBalancing,
    int MaxConnections,
    int MaxPending,
    TimeSpan? ConnectTimeout,
    TimeSpan? IdleTimeout)
{
    public static PoolSettings Default { get; } =
        new(new LoadBalancingConfig(LoadBalancingType.RoundRobin), int.MaxValue, 0, null, null);

    public static PoolSettings Of(BackendSettingsConfig? config) => config is null
        ? Default
        : new PoolSettings(
            config.LoadBalancing ?? Default.LoadBalancing,
            config.MaxConnections ?? int.MaxValue,
            config.MaxPending ?? 0,
            Milliseconds(config.ConnectTimeoutMs),
            Milliseconds(config.IdleTimeoutMs));

    private static TimeSpan? Milliseconds(int? count) => count is int n ? TimeSpan.FromMilliseconds(n) : null;
}
