using System.Net;
using NodeAgent.DataPlane.Http.Extensions.StaticFiles;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>
/// The backends and endpoints in use. An endpoint keeps its identity (and its idle connections) from snapshot to snapshot for as long as
/// any Service names it. Written by the one caller that applies snapshots.
/// </summary>
/// <param name="folders">For backends whose answers are files of a folder.</param>
internal sealed class BackendRegistry(int workers, FolderAccess? folders = null)
{
    private readonly Dictionary<string, (BackendPool Pool, string Digest)> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<IPEndPoint, EndpointTarget> _endpoints = [];

    public BackendPool Pool(string id) => _pools[id].Pool;

    /// <summary>Brings pools and endpoints in line with <paramref name="snapshot"/>.</summary>
    /// <returns>The endpoints that nobody names any more.</returns>
    public List<EndpointTarget> Update(ConfigSnapshot snapshot)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (BackendResource backend in snapshot.All<BackendResource>())
        {
            present.Add(backend.Id);
            if (!_pools.TryGetValue(backend.Id, out (BackendPool Pool, string Digest) known))
            {
                known = (new BackendPool(backend.Id, workers), "");
            }

            if (known.Digest != backend.Digest)
            {
                known.Pool.Current = new BackendState(backend.Protocol, [.. backend.Endpoints.Select(Target)]);
                _pools[backend.Id] = (known.Pool, backend.Digest);
            }
        }

        foreach (StaticFilesResource site in snapshot.All<StaticFilesResource>())
        {
            present.Add(site.Id);
            if (!_pools.TryGetValue(site.Id, out (BackendPool Pool, string Digest) known))
            {
                known = (new BackendPool(site.Id, workers), "");
            }

            if (known.Digest != site.Digest)
            {
                known.Pool.Files = StaticSite.Of(site, folders ?? FolderAccess.None);
                _pools[site.Id] = (known.Pool, site.Digest);
            }
        }

        foreach (string gone in _pools.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            _pools.Remove(gone);
        }

        return RetireUnused();
    }

    private EndpointTarget Target(Endpoint endpoint)
    {
        var key = new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port);
        if (!_endpoints.TryGetValue(key, out EndpointTarget? target))
        {
            _endpoints[key] = target = new EndpointTarget(key, workers);
        }

        return target;
    }

    private List<EndpointTarget> RetireUnused()
    {
        var used = new HashSet<EndpointTarget>(_pools.Values.SelectMany(p => p.Pool.Endpoints));
        List<EndpointTarget> unused = [.. _endpoints.Values.Where(e => !used.Contains(e))];
        foreach (EndpointTarget endpoint in unused)
        {
            endpoint.Retire();
            _endpoints.Remove(endpoint.EndPoint);
        }

        return unused;
    }
}
