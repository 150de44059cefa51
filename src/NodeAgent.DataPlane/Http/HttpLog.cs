using System.Diagnostics;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http;

/// <summary>Counts each request, and writes its access log line when there is an access log.</summary>
/// <param name="logs">One a worker; empty when the access log is off.</param>
/// <param name="noRoute">Counts what met no listener at all.</param>
internal sealed class HttpLog(LogBuffer[] logs, HttpCounters noRoute)
{
    public void Write(ProxyContext context)
    {
        Worker worker = context.Worker;
        long now = Stopwatch.GetTimestamp();
        long microseconds = Microseconds(context.Started, now);
        int status = context.LoggedStatus != 0 ? context.LoggedStatus : context.Response.StatusCode;
        HttpCounters counters = context.Rule?.Counters ?? context.Listener?.Counters ?? noRoute;
        counters.Count(worker.Id, status, context.Side, context.Received, context.Sent, microseconds);
        if (logs.Length == 0)
        {
            return;
        }

        LogBuffer log = logs[worker.Id];
        LogLine line = log.Begin();
        line.Time("time"u8, DateTime.UtcNow);
        line.Text("protocol"u8, context.Request.Protocol);
        line.Text("client"u8, context.Connection.PeerText);
        line.Text("method"u8, context.Request.Method);
        line.Text("host"u8, context.HostText);
        line.Text("path"u8, context.Request.RawTarget);
        line.Number("status"u8, status);
        line.TextIfAny("listener"u8, context.Listener?.Name);
        if (context.Rule is { } rule)
        {
            line.Text("route"u8, rule.RouteName);
            line.Number("rule"u8, rule.Rule.Index);
            line.TextIfAny("rule_name"u8, rule.Rule.Name);
        }

        line.TextIfAny("upstream"u8, context.Endpoint);
        if (context.Tries > 1)
        {
            line.Number("tries"u8, context.Tries);
        }

        line.Number("bytes_received"u8, context.Received);
        line.Number("bytes_sent"u8, context.Sent);
        line.Number("duration_us"u8, microseconds);
        if (context.HeadAt != 0)
        {
            line.Number("backend_us"u8, Microseconds(context.Started, context.HeadAt));
        }

        line.TextIfAny("reason"u8, context.Reason);
        log.End(ref line);
    }

    private static long Microseconds(long from, long to) => (to - from) * 1_000_000 / Stopwatch.Frequency;
}
