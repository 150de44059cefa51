using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Dns;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Tcp;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane;

/// <summary>Makes what serves a planned port, with counters that live on from snapshot to snapshot.</summary>
internal sealed class TargetFactory(int workers, BackendRegistry backends, HttpFront front, TcpEnvironment tcp)
{
    private ImmutableDictionary<string, HttpCounters> _http = ImmutableDictionary<string, HttpCounters>.Empty;
    private readonly DnsSites _dns = new(workers, backends, tcp.Logs);
    private readonly ExtensionRegistry _extensions = new();
    private readonly Dictionary<HttpRule, (HttpRouteResource Route, HttpRuleTarget Target)> _rules = new(ReferenceEqualityComparer.Instance);
    private ImmutableDictionary<string, TcpCounters> _tcp = ImmutableDictionary<string, TcpCounters>.Empty;

    /// <summary>By NS/NAME of the HTTPRoute, or <c>listener NS/GATEWAY/LISTENER</c> for what matched no route. Any thread may read it.</summary>
    public ImmutableDictionary<string, HttpCounters> HttpCounters => Volatile.Read(ref _http);

    /// <summary>By NS/NAME of the TCPRoute, or <c>listener NS/GATEWAY/LISTENER</c> where there is none. Any thread may read it.</summary>
    public ImmutableDictionary<string, TcpCounters> TcpCounters => Volatile.Read(ref _tcp);

    /// <summary>As <see cref="TcpCounters"/>, of DNSRoutes.</summary>
    public ImmutableDictionary<string, DnsCounters> DnsCounters => _dns.Counters;

    public IListenerTarget Make(PlannedPort port) => port switch
    {
        { Dns: { } dns } => _dns.Make(dns),
        { Tcp: { } planned } => MakeTcp(planned),
        _ => MakeHttp(port.Http),
    };

    /// <returns>Null where no route that we serve is attached: datagrams are dropped.</returns>
    public IDatagramTarget? MakeDatagram(PlannedPort port) => port.Dns is { } dns ? _dns.Make(dns) : null;

    /// <summary>Forgets the counters of routes and listeners that are in none of <paramref name="ports"/>.</summary>
    public void KeepCountersOf(IReadOnlyList<PlannedPort> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlannedPort port in ports)
        {
            names.UnionWith(port.Listeners.Select(l => ListenerKey(l.Gateway, l.Listener)));
            names.UnionWith(port.Http.SelectMany(s => s.Routes).Select(a => NameOf(a.Route)));
            if (port.Tcp?.Route is { } route)
            {
                names.Add($"{route.Namespace}/{route.Name}");
            }
        }

        // Not with each edit: what is left over of a few costs less than looking through all.
        if (_rules.Count > 64 + (2 * ports.Sum(p => p.Http.Sum(s => s.Routes.Sum(a => a.Route.Rules.Length)))))
        {
            var kept = new HashSet<HttpRule>(ports.SelectMany(p => p.Http).SelectMany(s => s.Routes).SelectMany(a => a.Route.Rules), ReferenceEqualityComparer.Instance);
            foreach (HttpRule gone in _rules.Keys.Where(r => !kept.Contains(r)).ToArray())
            {
                _rules.Remove(gone);
            }
        }

        _dns.KeepCountersOf(ports);
        _extensions.KeepOnly(ports.SelectMany(p => p.Http).SelectMany(s => s.Routes).SelectMany(a => a.Route.Rules));
        ForgetHttp([.. _http.Keys.Where(k => !names.Contains(k))]);
        Volatile.Write(ref _tcp, _tcp.RemoveRange(_tcp.Keys.Where(k => !names.Contains(k))));
    }

    /// <summary>A route that comes back counts from 0, so that nothing may go on counting for it until then.</summary>
    private void ForgetHttp(HashSet<string> names)
    {
        if (names.Count > 0)
        {
            foreach (HttpRule gone in _rules.Where(r => names.Contains(r.Value.Target.RouteName)).Select(r => r.Key).ToArray())
            {
                _rules.Remove(gone);
            }

            Volatile.Write(ref _http, _http.RemoveRange(names));
        }
    }

    private static string NameOf(HttpRouteResource route) => $"{route.Namespace}/{route.Name}";

    private static string ListenerKey(string gateway, string listener) => $"listener {gateway}/{listener}";

    private TcpTarget MakeTcp(PlannedTcp planned)
    {
        string? route = planned.Route is { } r ? $"{r.Namespace}/{r.Name}" : null;
        string key = route ?? ListenerKey(planned.Gateway, planned.Listener.Name);
        if (!_tcp.TryGetValue(key, out TcpCounters? counters))
        {
            counters = new TcpCounters(workers);
            Volatile.Write(ref _tcp, _tcp.Add(key, counters));
        }

        WeightedShares? shares = planned.Route is null ? null : new WeightedShares(planned.Route.Backends, backends.Pool);
        return new TcpTarget(tcp, $"{planned.Gateway}/{planned.Listener.Name}", route, shares, counters);
    }

    /// <summary>
    /// Most rules of an edited snapshot are those of the one before, and with them what serves them: so that the edit of
    /// one route among thousands does not make all of them anew.
    /// </summary>
    private HttpRuleTarget Rule(HttpRouteResource route, HttpRule rule, Func<string, HttpCounters> counters)
    {
        if (_rules.TryGetValue(rule, out (HttpRouteResource Route, HttpRuleTarget Target) known)
            && ReferenceEquals(known.Route, route)
            && known.Target.Shares.AreOf(backends.Pool))
        {
            return known.Target;
        }

        string name = NameOf(route);
        var target = new HttpRuleTarget(
            name,
            rule,
            new WeightedShares(rule.Backends, backends.Pool),
            HeaderFilters.Of(rule.Filters),
            [.. rule.Backends.Select(b => HeaderFilters.Of(b.Filters))],
            _extensions.Of(rule.Filters),
            [.. rule.Backends.Select(b => _extensions.Of(b.Filters))],
            counters(name));

        // An extension may be another for the same rule.
        if (target.Extensions.Length == 0 && target.ShareExtensions.All(e => e.Length == 0))
        {
            _rules[rule] = (route, target);
        }

        return target;
    }

    private HttpSite MakeHttp(ImmutableArray<ListenerRoutes> listeners)
    {
        var table = new RouteTable(listeners);
        var counters = _http.ToBuilder();
        ImmutableArray<HttpRuleTarget> rules = [.. table.Rules.Select(r => Rule(r.Route, r.Rule, Counters))];
        ImmutableArray<HttpListenerTarget> targets =
        [
            .. table.Listeners.Select(l => new HttpListenerTarget(
                $"{l.Gateway}/{l.Listener.Name}", l.Listener, Counters(ListenerKey(l.Gateway, l.Listener.Name)))),
        ];
        Volatile.Write(ref _http, counters.ToImmutable());
        return new HttpSite(front, table, rules, targets);

        HttpCounters Counters(string key)
        {
            if (!counters.TryGetValue(key, out HttpCounters? known))
            {
                counters[key] = known = new HttpCounters(workers);
            }

            return known;
        }
    }
}
