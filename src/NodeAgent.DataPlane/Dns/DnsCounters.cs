using NodeAgent.DataPlane.Balancing;

namespace NodeAgent.DataPlane.Dns;

/// <summary>What became of a query; the names are the <c>outcome</c> label of the metrics.</summary>
internal enum DnsOutcome
{
    /// <summary>The rule has the records.</summary>
    Answered,

    /// <summary>The rule refuses: REFUSED or NXDOMAIN.</summary>
    Refused,

    /// <summary>A backend's answer was passed on, whatever it says.</summary>
    Forwarded,

    /// <summary>No backend answered in time, or there is none: SERVFAIL.</summary>
    Failed,

    /// <summary>No rule matches: REFUSED.</summary>
    NoRoute,

    /// <summary>It was no query that can be answered: FORMERR, NOTIMP, BADVERS.</summary>
    Malformed,
}

/// <summary>The queries of one DNSRoute, or of a listener for those that matched no rule.</summary>
internal sealed class DnsCounters(int workers)
{
    public const int Outcomes = (int)DnsOutcome.Malformed + 1;

    private static readonly string[] Names = ["answered", "refused", "forwarded", "failed", "no_route", "malformed"];

    private readonly CounterRows _rows = new(workers, Outcomes);

    public static string NameOf(DnsOutcome outcome) => Names[(int)outcome];

    public long Queries(DnsOutcome outcome) => _rows.Sum((int)outcome);

    public void Count(int worker, DnsOutcome outcome) => _rows.Add(worker, (int)outcome, 1);
}
