using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Udp;

/// <summary>One worker's socket of a <see cref="DatagramBinding"/>.</summary>
internal sealed class DatagramReceiver(Worker worker, DatagramBinding binding, int fd) : Pollable
{
    private const int DatagramsPerTurn = 64;

    private ulong _handle;
    private int _fd = fd;
    private int _outstanding;
    private TaskCompletionSource? _drained;

    public Worker Worker => worker;

    /// <summary>Starts receiving; on the worker's thread.</summary>
    public void Open() => worker.Watch(_fd, this, 0, EpollBits.In, out _handle).OrThrow("epoll_ctl");

    /// <summary>Sends from the address that clients asked. What the kernel does not take is lost, as datagrams are.</summary>
    public void Send(ReadOnlySpan<byte> datagram, in SockAddr peer)
    {
        if (_fd >= 0)
        {
            LibC.SendTo(_fd, datagram, peer);
        }
    }

    /// <summary>An answer is still to come: a drain waits for it.</summary>
    public void Hold() => _outstanding++;

    public void Release()
    {
        if (--_outstanding == 0 && _drained is not null)
        {
            Close();
        }
    }

    /// <summary>Takes what has arrived, and no more. On the worker's thread.</summary>
    public Task DrainAsync(long deadline)
    {
        while (ReceiveOne())
        {
        }

        worker.Forget(_handle);
        worker.Rewatch(_fd, EpollBits.EdgeTriggered, _handle);
        _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Timers.Arm(this, deadline);
        if (_outstanding == 0)
        {
            Close();
        }

        return _drained.Task;
    }

    internal override void OnEvents(byte tag, uint bits)
    {
        for (int i = 0; i < DatagramsPerTurn && ReceiveOne(); i++)
        {
        }
    }

    internal override void OnTimer(long now) => Close();

    private unsafe bool ReceiveOne()
    {
        SockAddr peer = default;
        SysResult received = LibC.ReceiveFrom(_fd, worker.Scratch, Worker.ScratchSize, ref peer);
        if (received.IsError)
        {
            // An ICMP error of something we sent is told here once; there may be datagrams behind it.
            return received.Errno is Errno.ConnRefused or Errno.HostUnreachable or Errno.NetUnreachable;
        }

        binding.CountReceived(worker.Id);
        binding.Target?.Receive(this, new ReadOnlySpan<byte>(worker.Scratch, received.Value), peer);
        return true;
    }

    private void Close()
    {
        if (_fd >= 0)
        {
            worker.Timers.Disarm(this);
            LibC.Close(_fd);
            _fd = -1;
            worker.Budget.Give(1);
            _drained?.TrySetResult();
        }
    }
}
