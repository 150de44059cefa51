using System.Net;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Udp;

/// <summary>What a UDP listener does with a datagram; immutable, swapped whole.</summary>
internal interface IDatagramTarget
{
    /// <summary>On the receiver's worker; <paramref name="datagram"/> is the worker's scratch memory and only valid during the call.</summary>
    void Receive(DatagramReceiver receiver, ReadOnlySpan<byte> datagram, in SockAddr peer);
}

/// <summary>One address:port on which datagrams are taken, on every worker.</summary>
internal sealed class DatagramBinding
{
    private readonly DatagramReceiver[] _receivers;
    private readonly CounterRows _counters;
    private IDatagramTarget? _target;

    private DatagramBinding(IPEndPoint endPoint, IDatagramTarget? target, Worker[] workers, int[] sockets)
    {
        EndPoint = endPoint;
        _target = target;
        _counters = new CounterRows(workers.Length, 1);
        _receivers = [.. workers.Zip(sockets, (worker, fd) => new DatagramReceiver(worker, this, fd))];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Read once per datagram; null where nothing serves the listener: datagrams are dropped.</summary>
    public IDatagramTarget? Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    public long Received => _counters.Sum(0);

    /// <summary>Binds on every worker; on failure nothing is left bound.</summary>
    public static SysResult TryOpen(IPEndPoint endPoint, IDatagramTarget? target, Worker[] workers, out DatagramBinding? binding)
    {
        binding = null;
        if (!workers[0].Budget.TryTake(workers.Length))
        {
            return SysResult.FromErrno(Errno.MFile);
        }

        SysResult opened = DatagramSocket.Open(endPoint, workers.Length, out int[] sockets);
        if (opened.IsError)
        {
            workers[0].Budget.Give(workers.Length);
        }
        else
        {
            binding = new DatagramBinding(endPoint, target, workers, sockets);
        }

        return opened;
    }

    /// <summary>Completes when every worker receives.</summary>
    public Task OpenAsync() => Task.WhenAll(_receivers.Select(r => r.Worker.RunAsync(r.Open)));

    /// <summary>
    /// Receives no more. Completes in two steps: the outer task when no worker receives, the inner one when what was received is
    /// answered, at the latest after <paramref name="patience"/>.
    /// </summary>
    public async Task<Task> DrainAsync(TimeSpan patience)
    {
        var drained = new Task[_receivers.Length];
        await Task.WhenAll(_receivers.Select((r, i) => r.Worker.RunAsync(
            () => drained[i] = r.DrainAsync(r.Worker.Now + (long)patience.TotalMilliseconds))));
        return Task.WhenAll(drained);
    }

    internal void CountReceived(int worker) => _counters.Add(worker, 0, 1);
}
