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
}

/// <summary>Protocol and endpoints change together: nobody may speak the new one to the old endpoints.</summary>
/// <param name="Protocol">What the endpoints speak, for HTTP; TCP does not ask.</param>
internal sealed record BackendState(BackendProtocol Protocol, EndpointTarget[] Endpoints);
