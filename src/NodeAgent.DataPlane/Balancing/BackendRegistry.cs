using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane.Health;
using NodeAgent.DataPlane.Http.Extensions.StaticFiles;
using NodeAgent.DataPlane.Resolving;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>
/// The backends and endpoints in use. An endpoint keeps its identity (and its idle connections) from snapshot to snapshot for as long as
/// any backend names it. Three change it, one at a time: a new snapshot, a new answer for a host name, and a health check.
/// </summary>
/// <param name="folders">For backends whose answers are files of a folder; null: no folder may be served.</param>
internal sealed class BackendRegistry(int workers, FolderAccess? folders = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (BackendPool Pool, string Digest)> _sites = new(StringComparer.Ordinal);
    private readonly Dictionary<IPEndPoint, EndpointTarget> _endpoints = [];
    private readonly Dictionary<string, ImmutableArray<IPAddress>> _addresses = new(StringComparer.Ordinal);

    /// <summary>Changes when a pool goes: one of the same id that comes later is another.</summary>
    public long Epoch { get; private set; }

    public BackendPool Pool(string id)
    {
        lock (_gate)
        {
            return _members.TryGetValue(id, out Member? member) ? member.Pool : _sites[id].Pool;
        }
    }

    /// <summary>Brings pools and endpoints in line with <paramref name="snapshot"/>.</summary>
    /// <returns>The endpoints that nobody names any more.</returns>
    public List<EndpointTarget> Update(ConfigSnapshot snapshot)
    {
        lock (_gate)
        {
            var present = new HashSet<string>(StringComparer.Ordinal);
            foreach (BackendResource backend in snapshot.All<BackendResource>())
            {
                present.Add(backend.Id);
                if (!_members.TryGetValue(backend.Id, out Member? member))
                {
                    _members[backend.Id] = member = new Member(new BackendPool(backend.Id, workers));
                }

                if (member.Resource?.Digest != backend.Digest)
                {
                    member.Take(backend);
                    Rebuild(member);
                }
            }

            foreach (string gone in _members.Keys.Where(id => !present.Contains(id)).ToArray())
            {
                _members.Remove(gone);
                Epoch++;
            }

            UpdateSites(snapshot);
            return RetireUnused();
        }
    }

    /// <summary>Sets the addresses of <paramref name="name"/>; connections to those that stay are not touched.</summary>
    /// <returns>The endpoints that nobody names any more.</returns>
    public List<EndpointTarget> SetAddresses(string name, ImmutableArray<IPAddress> addresses)
    {
        lock (_gate)
        {
            _addresses[name] = addresses;
            foreach (Member member in _members.Values)
            {
                if (member.Hostnames.Any(h => h.Name == name))
                {
                    Rebuild(member);
                }
            }

            return RetireUnused();
        }
    }

    /// <summary>The addresses are forgotten: no snapshot names it any more.</summary>
    public void ForgetAddresses(string name)
    {
        lock (_gate)
        {
            _addresses.Remove(name);
        }
    }

    /// <summary>What is to be resolved, each name as often as the most impatient backend wants.</summary>
    public ImmutableDictionary<string, TimeSpan> WantedNames()
    {
        lock (_gate)
        {
            return _members.Values.SelectMany(m => m.Hostnames)
                .GroupBy(h => h.Name, StringComparer.Ordinal)
                .ToImmutableDictionary(g => g.Key, g => TimeSpan.FromMilliseconds(g.Min(h => h.IntervalMs)), StringComparer.Ordinal);
        }
    }

    /// <summary>Every endpoint that is to be checked, by backend.</summary>
    public HashSet<HealthTarget> WantedChecks()
    {
        lock (_gate)
        {
            return
            [
                .. _members.Values.Where(m => m.HealthCheck is not null)
                    .SelectMany(m => m.All.Select(e => new HealthTarget(m.Pool.Id, e.EndPoint, m.HealthCheck!))),
            ];
        }
    }

    /// <summary>A check has changed its mind about an endpoint of a backend.</summary>
    public void SetHealth(HealthTarget target, bool healthy)
    {
        lock (_gate)
        {
            if (_members.TryGetValue(target.Backend, out Member? member)
                && member.HealthCheck == target.Check
                && (healthy ? member.Unhealthy.Remove(target.EndPoint) : member.Unhealthy.Add(target.EndPoint)))
            {
                Publish(member);
            }
        }
    }

    /// <summary>For metrics: how many endpoints each backend has, and how many of them are taken out.</summary>
    public ImmutableArray<(string Backend, int All, int Unhealthy)> Counts()
    {
        lock (_gate)
        {
            return [.. _members.Values.OrderBy(m => m.Pool.Id, StringComparer.Ordinal).Select(m => (m.Pool.Id, m.All.Length, m.Unhealthy.Count))];
        }
    }

    private void UpdateSites(ConfigSnapshot snapshot)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (StaticFilesResource site in snapshot.All<StaticFilesResource>())
        {
            present.Add(site.Id);
            BackendPool pool = _sites.TryGetValue(site.Id, out (BackendPool Pool, string Digest) known) ? known.Pool : new BackendPool(site.Id, workers);
            if (known.Digest != site.Digest)
            {
                pool.Files = StaticSite.Of(site, folders ?? FolderAccess.None);
                _sites[site.Id] = (pool, site.Digest);
            }
        }

        foreach (string gone in _sites.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            _sites.Remove(gone);
            Epoch++;
        }
    }

    private void Rebuild(Member member)
    {
        BackendResource backend = member.Resource!;
        IEnumerable<IPEndPoint> resolved = member.Hostnames
            .SelectMany(h => _addresses.GetValueOrDefault(h.Name, []).Select(a => new IPEndPoint(a, h.Port)));
        member.All =
        [
            .. backend.Endpoints.Select(e => new IPEndPoint(IPAddress.Parse(e.Address), e.Port)).Concat(resolved).Distinct().Select(Target),
        ];
        member.Unhealthy.IntersectWith(member.All.Select(e => e.EndPoint));
        Publish(member);
    }

    /// <summary>Unhealthy endpoints are left out; when that leaves none, the checks may be wrong and all are used.</summary>
    private static void Publish(Member member)
    {
        EndpointTarget[] healthy = member.Unhealthy.Count == 0
            ? member.All
            : [.. member.All.Where(e => !member.Unhealthy.Contains(e.EndPoint))];
        member.Pool.Current = new BackendState(member.Resource!.Protocol, healthy.Length == 0 ? member.All : healthy)
        {
            Settings = member.Settings,
        };
    }

    private EndpointTarget Target(IPEndPoint key)
    {
        if (!_endpoints.TryGetValue(key, out EndpointTarget? target))
        {
            _endpoints[key] = target = new EndpointTarget(key, workers);
        }

        return target;
    }

    private List<EndpointTarget> RetireUnused()
    {
        var used = new HashSet<EndpointTarget>(_members.Values.SelectMany(p => p.All));
        List<EndpointTarget> unused = [.. _endpoints.Values.Where(e => !used.Contains(e))];
        foreach (EndpointTarget endpoint in unused)
        {
            endpoint.Retire();
            _endpoints.Remove(endpoint.EndPoint);
        }

        return unused;
    }

    private sealed class Member(BackendPool pool)
    {
        public BackendPool Pool => pool;

        public BackendResource? Resource { get; private set; }

        public PoolSettings Settings { get; private set; } = PoolSettings.Default;

        public EndpointTarget[] All { get; set; } = [];

        public HashSet<IPEndPoint> Unhealthy { get; } = [];

        public HealthCheckConfig? HealthCheck => Resource?.Settings?.HealthCheck;

        public ImmutableArray<ResolvedHost> Hostnames => Resource?.Hostnames ?? [];

        public void Take(BackendResource resource)
        {
            if (HealthCheck != resource.Settings?.HealthCheck)
            {
                // What other checks said does not count: endpoints begin healthy.
                Unhealthy.Clear();
            }

            Resource = resource;
            Settings = PoolSettings.Of(resource.Settings);
        }
    }
}
