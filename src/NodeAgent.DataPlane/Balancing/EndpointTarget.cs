using System.Collections.Concurrent;
using System.Net;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>One address:port of a backend, shared by all backends that name it, for as long as one does.</summary>
internal sealed class EndpointTarget
{
    /// <summary>Counts of two workers must not share a cache line.</summary>
    private const int LoadStride = 16;

    private readonly object?[] _perWorker;
    private readonly int[] _load;
    private readonly ConcurrentQueue<WaitingRequest> _waiting = new();
    private int _connections;

    public EndpointTarget(IPEndPoint endPoint, int workers)
    {
        EndPoint = endPoint;
        Address = new SockAddr(endPoint);
        Text = endPoint.ToString();
        Hash = HashKey.Of(Text);
        _perWorker = new object?[workers];
        _load = new int[workers * LoadStride];
    }

    public IPEndPoint EndPoint { get; }

    public SockAddr Address { get; }

    /// <summary>For logs.</summary>
    public string Text { get; }

    public ulong Hash { get; }

    /// <summary>Set once no backend names it any more: idle connections to it are not kept.</summary>
    public bool Retired { get; private set; }

    /// <summary>Open now, of all workers.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What a worker keeps for this endpoint (its idle connections); only that worker's thread asks.</summary>
    public T Local<T>(int worker) where T : class, new() => (T)(_perWorker[worker] ??= new T());

    public void Retire() => Retired = true;

    /// <summary>Requests or TCP connections that the worker has there now: what "least busy" goes by.</summary>
    public int Load(int worker) => Volatile.Read(ref _load[worker * LoadStride]);

    /// <summary>Connections of all workers that carry nothing; an estimate while they work.</summary>
    public int Idle()
    {
        int idle = Connections;
        for (int i = 0; i < _load.Length; i += LoadStride)
        {
            idle -= Volatile.Read(ref _load[i]);
        }

        return idle;
    }

    public void Begin(int worker) => Interlocked.Increment(ref _load[worker * LoadStride]);

    public void End(int worker) => Interlocked.Decrement(ref _load[worker * LoadStride]);

    /// <returns>False when there are <paramref name="limit"/> already.</returns>
    public bool TryOpenConnection(int limit)
    {
        if (Interlocked.Increment(ref _connections) <= limit)
        {
            return true;
        }

        CloseConnection();
        return false;
    }

    /// <summary>Makes room for one; whoever waited longest is told.</summary>
    public void CloseConnection()
    {
        Interlocked.Decrement(ref _connections);
        WakeNext();
    }

    public void Enqueue(WaitingRequest request) => _waiting.Enqueue(request);

    public void WakeNext()
    {
        while (_waiting.TryDequeue(out WaitingRequest? request) && !request.TryWake())
        {
        }
    }

    /// <summary>A connection fell idle on <paramref name="worker"/>, whose requests alone can use it.</summary>
    /// <returns>False when a request of another worker waits: it needs the room, not this connection.</returns>
    public bool MayPark(int worker)
    {
        while (_waiting.TryPeek(out WaitingRequest? request))
        {
            if (request.Worker.Id != worker)
            {
                return false;
            }

            if (_waiting.TryDequeue(out WaitingRequest? first) && first.TryWake())
            {
                return true;
            }
        }

        return true;
    }
}
