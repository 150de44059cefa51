using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <param name="Upstream">The endpoint that answered, or was asked last; null when none was.</param>
internal readonly record struct DnsLogEntry(
    SockAddr Client,
    bool OverTcp,
    string? Route,
    string? Upstream,
    DnsOutcome Outcome,
    int Rcode,
    long Milliseconds);

/// <summary>One access log line per query.</summary>
internal static class DnsLog
{
    public static void Write(DnsSite site, Worker worker, in DnsQuery query, in DnsLogEntry entry)
    {
        if (site.Logs.Length == 0)
        {
            return;
        }

        LogBuffer log = site.Logs[worker.Id];
        LogLine line = log.Begin();
        line.Time("time"u8, DateTime.UtcNow);
        line.Text("protocol"u8, entry.OverTcp ? "dns/tcp" : "dns/udp");
        line.Text("client"u8, entry.Client.ToEndPoint().ToString());
        line.Text("listener"u8, site.Listener);
        line.TextIfAny("route"u8, entry.Route);
        line.TextIfAny("upstream"u8, entry.Upstream);
        if (query.QuestionEnd > 0)
        {
            line.Text("name"u8, query.Question.Name.ToString());
            line.Number("type"u8, query.Question.Type);
        }

        line.Number("rcode"u8, entry.Rcode);
        line.Number("duration_ms"u8, entry.Milliseconds);
        line.Text("outcome"u8, DnsCounters.NameOf(entry.Outcome));
        log.End(ref line);
    }
}
