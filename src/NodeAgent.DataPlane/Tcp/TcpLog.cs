using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tcp;

/// <param name="Upstream">The endpoint that served it; null when none did.</param>
/// <param name="Milliseconds">From accept to close.</param>
internal readonly record struct TcpLogEntry(
    SockAddr Client,
    string? Upstream,
    long Received,
    long Sent,
    long Milliseconds,
    TcpEnd End);

/// <summary>One access log line per TCP connection, when it ends.</summary>
internal static class TcpLog
{
    private static readonly string[] EndNames =
        ["finished", "client_reset", "backend_reset", "backend_refused", "backend_full", "no_backend", "idle", "node"];

    public static string NameOf(TcpEnd end) => EndNames[(int)end];

    public static void Write(TcpTarget target, Worker worker, in TcpLogEntry entry)
    {
        LogBuffer[] logs = target.Environment.Logs;
        if (logs.Length == 0)
        {
            return;
        }

        LogBuffer log = logs[worker.Id];
        LogLine line = log.Begin();
        line.Time("time"u8, DateTime.UtcNow);
        line.Text("protocol"u8, "tcp");
        line.Text("client"u8, entry.Client.ToEndPoint().ToString());
        line.Text("listener"u8, target.Listener);
        line.TextIfAny("route"u8, target.Route);
        line.TextIfAny("upstream"u8, entry.Upstream);
        line.Number("bytes_received"u8, entry.Received);
        line.Number("bytes_sent"u8, entry.Sent);
        line.Number("duration_ms"u8, entry.Milliseconds);
        line.Text("end"u8, NameOf(entry.End));
        log.End(ref line);
    }
}
