using System.Net;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Workers;

/// <summary>What a binding does with a connection; immutable, swapped whole.</summary>
internal interface IListenerTarget
{
    /// <summary>Takes over <paramref name="fd"/>, on the acceptor's worker; two descriptors of the budget go with it.</summary>
    void Accept(Acceptor acceptor, int fd, in SockAddr peer);
}

/// <summary>
/// One address:port that is listened on, on every worker. What it does may change from HTTP to TCP and back without a socket
/// being touched.
/// </summary>
internal sealed class Binding
{
    private const int AcceptedColumn = 0;
    private const int PausedColumn = 1;

    private readonly Acceptor[] _acceptors;
    private readonly CounterRows _counters;
    private readonly int _guard;
    private IListenerTarget _target;

    private Binding(IPEndPoint endPoint, IListenerTarget target, Worker[] workers, int[] sockets, int guard)
    {
        EndPoint = endPoint;
        _target = target;
        _guard = guard;
        _counters = new CounterRows(workers.Length, 2);
        _acceptors = [.. workers.Zip(sockets, (worker, fd) => new Acceptor(worker, this, fd))];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Read once per connection (TCP) or request (HTTP).</summary>
    public IListenerTarget Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    public long Accepted => _counters.Sum(AcceptedColumn);

    /// <summary>How often accepting had to wait for descriptors.</summary>
    public long Pauses => _counters.Sum(PausedColumn);

    /// <summary>Binds on every worker; on failure nothing is left bound.</summary>
    public static SysResult TryOpen(IPEndPoint endPoint, IListenerTarget target, Worker[] workers, out Binding? binding)
    {
        binding = null;
        DescriptorBudget budget = workers[0].Budget;
        if (!budget.TryTake(ListenSocket.Descriptors(workers.Length)))
        {
            return SysResult.FromErrno(Errno.MFile);
        }

        SysResult opened = ListenSocket.Open(endPoint, workers.Length, out int[] sockets, out int guard);
        if (opened.IsError)
        {
            budget.Give(ListenSocket.Descriptors(workers.Length));
        }
        else
        {
            binding = new Binding(endPoint, target, workers, sockets, guard);
        }

        return opened;
    }

    /// <summary>Completes when every worker accepts.</summary>
    public Task OpenAsync() => Task.WhenAll(_acceptors.Select(a => a.Worker.RunAsync(a.Open)));

    /// <summary>
    /// Stops listening and drains. Completes in two steps: the outer task when nothing listens any more, the inner one when the
    /// last connection is gone.
    /// </summary>
    public async Task<Task> DrainAsync(TimeSpan patience)
    {
        var drained = new Task[_acceptors.Length];
        await Task.WhenAll(_acceptors.Select((a, i) => a.Worker.RunAsync(
            () => drained[i] = a.DrainAsync(a.Worker.Now + (long)patience.TotalMilliseconds))));
        ListenSocket.CloseAll([_guard]);
        _acceptors[0].Worker.Budget.Give(ListenSocket.Descriptors(_acceptors.Length));
        return Task.WhenAll(drained);
    }

    internal void CountAccepted(int worker) => _counters.Add(worker, AcceptedColumn, 1);

    internal void CountPause(int worker) => _counters.Add(worker, PausedColumn, 1);
}
