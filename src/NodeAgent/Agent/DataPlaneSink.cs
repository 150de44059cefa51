using System.Collections.Immutable;
using NodeAgent.Controller;
using NodeAgent.DataPlane;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>Hands snapshots to the data plane of this process.</summary>
internal sealed class DataPlaneSink(GatewayDataPlane dataPlane, ListenerReport report) : IConfigSink
{
    public async Task<ImmutableArray<BindFailure>> ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancel)
    {
        ImmutableArray<BindResult> results = await dataPlane.ApplyAsync(snapshot, cancel);
        report.Report(snapshot, results);
        return FailuresOf(results);
    }

    /// <summary>One failure per listener: its addresses fail or serve each on its own, but the status has one condition for all.</summary>
    internal static ImmutableArray<BindFailure> FailuresOf(ImmutableArray<BindResult> results) =>
    [
        .. results.Where(r => !r.Bound)
            .GroupBy(r => (r.Gateway, r.Listener))
            .Select(g => new BindFailure(g.Key.Gateway, g.Key.Listener, string.Join("; ", g.Select(r => r.Error)))),
    ];
}
