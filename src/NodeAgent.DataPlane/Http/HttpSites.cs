using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>Makes what serves HTTP ports, with counters and all that did not change living on from snapshot to snapshot. One caller at a time.</summary>
internal sealed class HttpSites : IRuleTargets
{
    private readonly int _workers;
    private readonly BackendRegistry _backends;
    private readonly HttpFront _front;
    private readonly ExtensionRegistry _extensions = new();
    private readonly Dictionary<(string Gateway, int Port), RouteIndex> _indexes = [];
    private ImmutableDictionary<string, HttpCounters> _counters = ImmutableDictionary<string, HttpCounters>.Empty;
    private ImmutableDictionary<string, HttpCounters>.Builder _making;
    private HashSet<PlannedListener> _listeners = [];
    private bool _removed;
    private long _remade;

    public HttpSites(int workers, BackendRegistry backends, HttpFront front)
    {
        _workers = workers;
        _backends = backends;
        _front = front;
        _making = _counters.ToBuilder();
    }

    /// <summary>By NS/NAME of the HTTPRoute, or <c>listener NS/GATEWAY/LISTENER</c> for what matched no route. Any thread may read it.</summary>
    public ImmutableDictionary<string, HttpCounters> Counters => Volatile.Read(ref _counters);

    /// <summary>An extension may be another for the same rule at any time.</summary>
    public long Epoch => _backends.Epoch + _remade;

    public HttpSite Make(PlannedPort port)
    {
        (string, int) key = (port.Http[0].Gateway, port.EndPoint.Port);
        if (!_indexes.TryGetValue(key, out RouteIndex? index))
        {
            _indexes[key] = index = new RouteIndex(this);
        }

        if (_extensions.Any)
        {
            _remade++;
        }

        RouteTable table;
        try
        {
            table = index.Update(port.Http, out bool removed);
            _removed |= removed;
        }
        catch
        {
            // A snapshot that should not be. What it left half done must not be built upon.
            _indexes.Remove(key);
            throw;
        }

        ImmutableArray<HttpListenerTarget> listeners =
        [
            .. port.Http.Select(l => new HttpListenerTarget(
                $"{l.Gateway}/{l.Listener.Name}", l.Listener, CountersOf(ListenerKey(l.Gateway, l.Listener.Name)))),
        ];
        Volatile.Write(ref _counters, _making.ToImmutable());
        return new HttpSite(_front, table, listeners);
    }

    HttpRuleTarget IRuleTargets.Make(HttpRouteResource route, HttpRule rule)
    {
        string name = NameOf(route);
        return new HttpRuleTarget(
            name,
            rule,
            new WeightedShares(rule.Backends, _backends.Pool),
            HeaderFilters.Of(rule.Filters),
            [.. rule.Backends.Select(b => HeaderFilters.Of(b.Filters))],
            _extensions.Of(rule.Filters),
            [.. rule.Backends.Select(b => _extensions.Of(b.Filters))],
            CountersOf(name));
    }

    bool IRuleTargets.IsCurrent(HttpRuleTarget target) =>
        target.Extensions.Length == 0 && target.ShareExtensions.All(e => e.Length == 0) && target.Shares.AreOf(_backends.Pool);

    /// <summary>
    /// Forgets what belongs to none of <paramref name="ports"/>: a route that comes back counts from 0, and nothing goes on counting for
    /// it until then.
    /// </summary>
    public void KeepOnly(IReadOnlyList<PlannedPort> ports)
    {
        HashSet<PlannedListener> listeners = [.. ports.SelectMany(p => p.Listeners)];
        if (!_removed && listeners.IsSupersetOf(_listeners))
        {
            // What only came or changed leaves nothing behind: thousands of names need not be looked at.
            _listeners = listeners;
            return;
        }

        (_removed, _listeners) = (false, listeners);
        HashSet<(string, int)> keys = [.. ports.Where(p => !p.Http.IsEmpty).Select(p => (p.Http[0].Gateway, p.EndPoint.Port))];
        foreach ((string, int) gone in _indexes.Keys.Where(k => !keys.Contains(k)).ToArray())
        {
            _indexes.Remove(gone);
        }

        var names = new HashSet<string>(listeners.Select(l => ListenerKey(l.Gateway, l.Listener)), StringComparer.Ordinal);
        names.UnionWith(ports.SelectMany(p => p.Http).SelectMany(s => s.Routes).Select(a => NameOf(a.Route)));
        _making.RemoveRange(_making.Keys.Where(k => !names.Contains(k)).ToArray());
        Volatile.Write(ref _counters, _making.ToImmutable());
        _extensions.KeepOnly(ports.SelectMany(p => p.Http).SelectMany(s => s.Routes).SelectMany(a => a.Route.Rules));
    }

    private static string NameOf(HttpRouteResource route) => $"{route.Namespace}/{route.Name}";

    private static string ListenerKey(string gateway, string listener) => $"listener {gateway}/{listener}";

    private HttpCounters CountersOf(string key)
    {
        if (!_making.TryGetValue(key, out HttpCounters? known))
        {
            _making[key] = known = new HttpCounters(_workers);
        }

        return known;
    }
}
