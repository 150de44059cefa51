using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Logging;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Dns;

/// <summary>The entry point of DNSRoute: makes what serves a listener with DNSRoutes, with counters that live on from snapshot to snapshot.</summary>
internal sealed class DnsSites(int workers, BackendRegistry backends, LogBuffer[] logs)
{
    private ImmutableDictionary<string, DnsCounters> _counters = ImmutableDictionary<string, DnsCounters>.Empty;

    /// <summary>By NS/NAME of the DNSRoute, or <c>listener NS/GATEWAY/LISTENER</c> for what matched no rule. Any thread may read it.</summary>
    public ImmutableDictionary<string, DnsCounters> Counters => Volatile.Read(ref _counters);

    public DnsSite Make(PlannedDns planned)
    {
        var table = new DnsTable(planned.Routes.SelectMany(route => route.Rules.Select(rule => (rule, Target(route, rule)))));
        return new DnsSite($"{planned.Gateway}/{planned.Listener.Name}", logs, table, CountersOf(KeyOf(planned)));
    }

    /// <summary>Forgets the counters of routes and listeners that are in none of <paramref name="ports"/>.</summary>
    public void KeepCountersOf(IReadOnlyList<PlannedPort> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlannedDns dns in ports.Select(p => p.Dns).OfType<PlannedDns>())
        {
            names.Add(KeyOf(dns));
            names.UnionWith(dns.Routes.Select(NameOf));
        }

        Volatile.Write(ref _counters, _counters.RemoveRange(_counters.Keys.Where(k => !names.Contains(k))));
    }

    private static string NameOf(DnsRouteResource route) => $"{route.Namespace}/{route.Name}";

    private static string KeyOf(PlannedDns dns) => $"listener {dns.Gateway}/{dns.Listener.Name}";

    private DnsRuleTarget Target(DnsRouteResource route, DnsRule rule) => new(
        NameOf(route),
        rule.Types,
        rule.Refuse switch
        {
            DnsRefusal.Refused => DnsNumbers.Refused,
            DnsRefusal.NxDomain => DnsNumbers.NxDomain,
            _ => DnsNumbers.NoError,
        },
        rule.Answer is { } records ? DnsAnswer.Of(records) : null,
        new WeightedShares(rule.Backends, backends.Pool),
        TimeSpan.FromMilliseconds(rule.TimeoutMs),
        CountersOf(NameOf(route)));

    private DnsCounters CountersOf(string key)
    {
        if (!_counters.TryGetValue(key, out DnsCounters? known))
        {
            known = new DnsCounters(workers);
            Volatile.Write(ref _counters, _counters.Add(key, known));
        }

        return known;
    }
}
