using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Dns;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Tcp;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane;

/// <summary>Makes what serves a planned port, with counters that live on from snapshot to snapshot.</summary>
internal sealed class TargetFactory(int workers, BackendRegistry backends, HttpFront front, TcpEnvironment tcp)
{
    private readonly HttpSites _http = new(workers, backends, front);
    private readonly DnsSites _dns = new(workers, backends, tcp.Logs);
    private ImmutableDictionary<string, TcpCounters> _tcp = ImmutableDictionary<string, TcpCounters>.Empty;

    /// <summary>See <see cref="HttpSites.Counters"/>.</summary>
    public ImmutableDictionary<string, HttpCounters> HttpCounters => _http.Counters;

    /// <summary>By NS/NAME of the TCPRoute, or <c>listener NS/GATEWAY/LISTENER</c> where there is none. Any thread may read it.</summary>
    public ImmutableDictionary<string, TcpCounters> TcpCounters => Volatile.Read(ref _tcp);

    /// <summary>As <see cref="TcpCounters"/>, of DNSRoutes.</summary>
    public ImmutableDictionary<string, DnsCounters> DnsCounters => _dns.Counters;

    public IListenerTarget Make(PlannedPort port) => port switch
    {
        { Dns: { } dns } => _dns.Make(dns),
        { Tcp: { } planned } => MakeTcp(planned),
        _ => _http.Make(port),
    };

    /// <returns>Null where no route that we serve is attached: datagrams are dropped.</returns>
    public IDatagramTarget? MakeDatagram(PlannedPort port) => port.Dns is { } dns ? _dns.Make(dns) : null;

    /// <summary>Forgets what was kept for routes and listeners that are in none of <paramref name="ports"/>.</summary>
    public void KeepOnly(IReadOnlyList<PlannedPort> ports)
    {
        _http.KeepOnly(ports);
        _dns.KeepCountersOf(ports);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlannedTcp planned in ports.Select(p => p.Tcp).OfType<PlannedTcp>())
        {
            names.Add(KeyOf(planned));
            names.Add(KeyOf(planned with { Route = null }));
        }

        if (_tcp.Keys.Where(k => !names.Contains(k)).ToArray() is { Length: > 0 } gone)
        {
            Volatile.Write(ref _tcp, _tcp.RemoveRange(gone));
        }
    }

    private static string? NameOf(PlannedTcp planned) => planned.Route is { } route ? $"{route.Namespace}/{route.Name}" : null;

    private static string KeyOf(PlannedTcp planned) => NameOf(planned) ?? $"listener {planned.Gateway}/{planned.Listener.Name}";

    private TcpTarget MakeTcp(PlannedTcp planned)
    {
        string key = KeyOf(planned);
        if (!_tcp.TryGetValue(key, out TcpCounters? counters))
        {
            counters = new TcpCounters(workers);
            Volatile.Write(ref _tcp, _tcp.Add(key, counters));
        }

        WeightedShares? shares = planned.Route is null ? null : new WeightedShares(planned.Route.Backends, backends.Pool);
        return new TcpTarget(tcp, $"{planned.Gateway}/{planned.Listener.Name}", NameOf(planned), shares, counters);
    }
}
