using System.Collections.Immutable;
using System.Runtime.InteropServices;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>The routes of one listener by hostname, kept from snapshot to snapshot. For one thread.</summary>
/// <param name="hostname">The listener's own, for the routes that have none; null is every host.</param>
internal sealed class ListenerIndex(string? hostname, IRuleTargets targets, RoutePatterns patterns)
{
    /// <summary>Every host: no hostname is empty.</summary>
    private const string Every = "";

    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<AttachedRoute, Entry> _entries = new(AttachedRoute.Identity.Instance);
    private readonly HashSet<Host> _touched = [];
    private ImmutableArray<AttachedRoute> _attached = [];
    private long _epoch;

    public string? Hostname => hostname;

    public int HostCount => _hosts.Count;

    public IEnumerable<(string? Name, HostRoutes Routes)> Hosts => _hosts.Select(h => (h.Key.Length == 0 ? null : h.Key, h.Value.Built!));

    /// <returns>True when some route is not there any more.</returns>
    public bool Update(ImmutableArray<AttachedRoute> attached)
    {
        // Of two snapshots that one edit separates, nearly all is the same at either end.
        int head = 0;
        int shorter = Math.Min(attached.Length, _attached.Length);
        while (head < shorter && attached[head].IsSameAs(_attached[head]))
        {
            head++;
        }

        int tail = 0;
        while (tail < shorter - head && attached[^(tail + 1)].IsSameAs(_attached[^(tail + 1)]))
        {
            tail++;
        }

        var came = new HashSet<string>(StringComparer.Ordinal);
        foreach (AttachedRoute one in attached.AsSpan()[head..^tail])
        {
            came.Add(one.Route.Id);
            ref Entry? entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, one, out bool known);
            if (!known)
            {
                entry = new Entry(one, Rules(one.Route));
                Attach(entry);
            }

            entry!.Times++;
        }

        bool removed = false;
        foreach (AttachedRoute one in _attached.AsSpan()[head..^tail])
        {
            Entry entry = _entries[one];
            if (--entry.Times == 0)
            {
                _entries.Remove(one);
                Detach(entry);
                removed |= !came.Contains(one.Route.Id);
            }
        }

        _attached = attached;
        Refresh();
        Rebuild();
        return removed;
    }

    private HttpRuleTarget[] Rules(HttpRouteResource route) => [.. route.Rules.OrderBy(r => r.Index).Select(r => targets.Make(route, r))];

    private void Attach(Entry entry)
    {
        foreach (string name in NamesOf(entry))
        {
            ref Host? host = ref CollectionsMarshal.GetValueRefOrAddDefault(_hosts, name, out _);
            host ??= new Host(name);
            host.Add(entry);
            _touched.Add(host);
        }
    }

    private void Detach(Entry entry)
    {
        foreach (string name in NamesOf(entry))
        {
            Host host = _hosts[name];
            host.Remove(entry);
            _touched.Add(host);
        }
    }

    private IEnumerable<string> NamesOf(Entry entry) => entry.Attached.Hostnames is { IsDefaultOrEmpty: false } own
        ? own.Length == 1 ? own : own.Distinct(StringComparer.OrdinalIgnoreCase)
        : [hostname ?? Every];

    /// <summary>What serves a rule may be another, though the rule is the same.</summary>
    private void Refresh()
    {
        if (_epoch == targets.Epoch)
        {
            return;
        }

        _epoch = targets.Epoch;
        foreach (Entry entry in _entries.Values)
        {
            if (!Array.TrueForAll(entry.Rules, targets.IsCurrent))
            {
                entry.Rules = Rules(entry.Attached.Route);
                foreach (string name in NamesOf(entry))
                {
                    _touched.Add(_hosts[name]);
                }
            }
        }
    }

    private void Rebuild()
    {
        foreach (Host host in _touched)
        {
            if (host.IsEmpty)
            {
                _hosts.Remove(host.Name);
            }
            else
            {
                host.Build(patterns);
            }
        }

        _touched.Clear();
    }

    /// <summary>A route with what serves its rules, which are in order.</summary>
    private sealed class Entry(AttachedRoute attached, HttpRuleTarget[] rules)
    {
        public AttachedRoute Attached => attached;

        public HttpRuleTarget[] Rules { get; set; } = rules;

        /// <summary>How often it is attached: a route may name a listener more than once.</summary>
        public int Times { get; set; }
    }

    private sealed class Host(string name)
    {
        /// <summary>Oldest first, then by NS/NAME.</summary>
        private readonly List<Entry> _entries = [];

        public string Name => name;

        public bool IsEmpty => _entries.Count == 0;

        public HostRoutes? Built { get; private set; }

        public void Add(Entry entry)
        {
            int place = _entries.BinarySearch(entry, ByAge.Instance);
            _entries.Insert(place < 0 ? ~place : place, entry);
        }

        public void Remove(Entry entry) => _entries.Remove(entry);

        public void Build(RoutePatterns patterns)
        {
            var builder = new HostRoutesBuilder(patterns);
            foreach (Entry entry in _entries)
            {
                foreach (HttpRuleTarget rule in entry.Rules)
                {
                    builder.Add(entry.Attached.Route, rule);
                }
            }

            Built = builder.Build();
        }
    }

    private sealed class ByAge : IComparer<Entry>
    {
        public static ByAge Instance { get; } = new();

        public int Compare(Entry? x, Entry? y)
        {
            (HttpRouteResource a, HttpRouteResource b) = (x!.Attached.Route, y!.Attached.Route);
            int order = a.CreatedAt.CompareTo(b.CreatedAt);
            return order != 0 ? order : CompareFullNames(a, b);
        }

        /// <summary>As the texts NS/NAME compare, without making them: that would be one for each route, for each edit of one.</summary>
        private static int CompareFullNames(HttpRouteResource a, HttpRouteResource b)
        {
            int common = Math.Min(a.Namespace.Length, b.Namespace.Length);
            int order = a.Namespace.AsSpan(0, common).SequenceCompareTo(b.Namespace.AsSpan(0, common));
            if (order != 0)
            {
                return order;
            }

            return a.Namespace.Length == b.Namespace.Length
                ? string.CompareOrdinal(a.Name, b.Name)
                : common < a.Namespace.Length ? a.Namespace[common].CompareTo('/') : '/'.CompareTo(b.Namespace[common]);
        }
    }
}
