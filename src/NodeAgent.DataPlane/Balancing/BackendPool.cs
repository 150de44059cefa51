using NodeAgent.DataPlane.Http.Extensions.StaticFiles;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>
/// The endpoints of one Service port. Lives as long as a snapshot names it; endpoint changes swap <see cref="Current"/> and
/// touch nothing else, so endpoint churn rebuilds no route table.
/// </summary>
internal sealed class BackendPool(string id, int workers)
{
    /// <summary>Cursors of two workers must not share a cache line.</summary>
    private const int CursorStride = 16;

    private readonly int[] _cursors = new int[workers * CursorStride];
    private int _pending;
    private BackendState _current = new(BackendProtocol.Http1, []);
    private StaticSite? _files;

    public string Id => id;

    /// <summary>Read once per connection or request, and kept for its tries.</summary>
    public BackendState Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>Set when files answer instead of endpoints, of which there are none then. Read once per request.</summary>
    public StaticSite? Files
    {
        get => Volatile.Read(ref _files);
        set => Volatile.Write(ref _files, value);
    }

    /// <summary>For whoever does not care for the protocol.</summary>
    public EndpointTarget[] Endpoints => Current.Endpoints;

    /// <param name="endpoints">Of one <see cref="BackendState"/> with <paramref name="settings"/>; not empty.</param>
    /// <param name="key">For consistent hashing, see <see cref="HashKey"/>.</param>
    /// <returns>The index of the first endpoint to try; the caller goes on with the following ones, modulo length.</returns>
    public int First(Worker worker, EndpointTarget[] endpoints, PoolSettings settings, ulong key)
    {
        switch (settings.LoadBalancing.Type)
        {
            case LoadBalancingType.Random:
                return Chance(worker, endpoints.Length);
            case LoadBalancingType.LeastRequest when endpoints.Length > 1:
                int one = Chance(worker, endpoints.Length);
                int other = (one + 1 + Chance(worker, endpoints.Length - 1)) % endpoints.Length;
                return endpoints[one].Load(worker.Id) <= endpoints[other].Load(worker.Id) ? one : other;
            case LoadBalancingType.ConsistentHash when key != HashKey.None:
                return MostWanting(endpoints, key);
            default:
                return NextIndex(worker, endpoints.Length);
        }
    }

    /// <summary>Counts a request that is about to wait for a connection, unless <paramref name="limit"/> wait already.</summary>
    public bool TryWait(int limit)
    {
        if (Interlocked.Increment(ref _pending) <= limit)
        {
            return true;
        }

        StopWaiting();
        return false;
    }

    public void StopWaiting() => Interlocked.Decrement(ref _pending);

    /// <summary>Round robin per worker; the caller tries the following ones, modulo length, when this one refuses.</summary>
    /// <returns>The index of the first endpoint to try.</returns>
    public int NextIndex(Worker worker, int count)
    {
        ref int cursor = ref _cursors[worker.Id * CursorStride];
        if (cursor == 0)
        {
            // Workers begin at different places, or all would begin with the same endpoint after a restart.
            cursor = (int)(worker.NextRandom() & 0xffff) + 1;
        }

        int next = cursor++;
        if (cursor == int.MaxValue)
        {
            cursor = 1;
        }

        return next % count;
    }

    private static int Chance(Worker worker, int count) => (int)((ulong)worker.NextRandom() * (ulong)count >> 32);

    private static int MostWanting(EndpointTarget[] endpoints, ulong key)
    {
        int best = 0;
        ulong most = 0;
        for (int i = 0; i < endpoints.Length; i++)
        {
            ulong score = HashKey.Score(key, endpoints[i].Hash);
            if (score > most)
            {
                (best, most) = (i, score);
            }
        }

        return best;
    }
}

/// <summary>Protocol and endpoints change together: nobody may speak the new one to the old endpoints.</summary>
/// <param name="Protocol">What the endpoints speak, for HTTP; TCP does not ask.</param>
/// <param name="Endpoints">Those that may be used: the healthy ones, or all when none is.</param>
internal sealed record BackendState(BackendProtocol Protocol, EndpointTarget[] Endpoints)
{
    public PoolSettings Settings { get; init; } = PoolSettings.Default;
}
