using System.Buffers;
using System.Collections.Immutable;
using NodeAgent.Controller;
using NodeAgent.Snapshot;

namespace NodeAgent.Agent;

/// <summary>What the admin address shows; each page is made of one view, taken once.</summary>
internal static class AdminPages
{
    public static Dictionary<string, Func<AdminPage>> Of(
        Readiness readiness,
        Func<ReconcilerView> view,
        ConfigMetrics configMetrics,
        Action<IBufferWriter<byte>> writeDataPlaneMetrics) => new(StringComparer.Ordinal)
        {
            ["/livez"] = () => AdminPage.Text(200, "ok\n"),
            ["/readyz"] = () => Ready(readiness),
            ["/metrics"] = () => Metrics(view(), configMetrics, writeDataPlaneMetrics),
            ["/objects"] = () => AdminPage.Json(StatusJson.Of(view().Statuses).ToJsonString()),
            ["/snapshot"] = () => AdminPage.Json(SnapshotCodec.ToPrintableJson(view().Translation.Snapshot, indented: true)),
            ["/problems"] = () => AdminPage.Json(ProblemJson.Of(view().Problems).ToJsonString()),
        };

    /// <summary>200 when nothing is waited for, else 503 with a line for each thing that is.</summary>
    private static AdminPage Ready(Readiness readiness)
    {
        ImmutableArray<string> waiting = readiness.Waiting;
        return waiting.IsEmpty
            ? AdminPage.Text(200, "ready\n")
            : AdminPage.Text(503, string.Concat(waiting.Select(what => what + "\n")));
    }

    private static AdminPage Metrics(
        ReconcilerView view, ConfigMetrics configMetrics, Action<IBufferWriter<byte>> writeDataPlaneMetrics)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        ProcessMetrics.Write(buffer);
        configMetrics.Write(buffer, view);
        writeDataPlaneMetrics(buffer);
        return AdminPage.Metrics(buffer.WrittenMemory);
    }
}
