using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Workers;

/// <summary>One worker's listening socket of a binding, and the connections that came by it.</summary>
internal sealed class Acceptor(Worker worker, Binding binding, int fd) : Pollable
{
    /// <summary>
    /// A client connection needs a second descriptor to go on to its backend. Both are taken at once: a worker that found only the
    /// first one would have to reset what it just accepted.
    /// </summary>
    public const int DescriptorsPerConnection = 2;

    private const int AcceptsPerTurn = 64;

    /// <summary>Milliseconds between looks at whether descriptors are to be had again.</summary>
    private const int PauseMilliseconds = 50;

    private Connection? _connections;
    private ulong _handle;
    private bool _paused;
    private bool _closed;
    private TaskCompletionSource? _drained;

    public Worker Worker => worker;

    public Binding Binding => binding;

    /// <summary>Starts accepting; on the worker's thread.</summary>
    public void Open() => worker.Watch(fd, this, 0, EpollBits.In, out _handle).OrThrow("epoll_ctl");

    /// <summary>
    /// Takes what is in the accept queue, closes the socket, and drains the connections; those still there at the deadline are cut
    /// off. On the worker's thread.
    /// </summary>
    /// <returns>Completes when the last connection is gone.</returns>
    public Task DrainAsync(long deadline)
    {
        _closed = true;
        while (AcceptOne())
        {
        }

        worker.Forget(_handle);
        LibC.Close(fd);
        for (Connection? connection = _connections; connection is not null;)
        {
            Connection? next = connection.AcceptorNext;
            connection.Drain();
            connection = next;
        }

        if (_connections is null)
        {
            worker.Timers.Disarm(this);
            return Task.CompletedTask;
        }

        worker.Timers.Arm(this, deadline);
        _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _drained.Task;
    }

    internal void Add(Connection connection)
    {
        connection.AcceptorPrevious = null;
        connection.AcceptorNext = _connections;
        if (_connections is { } head)
        {
            head.AcceptorPrevious = connection;
        }

        _connections = connection;
    }

    internal void Remove(Connection connection)
    {
        if (connection.AcceptorPrevious is { } previous)
        {
            previous.AcceptorNext = connection.AcceptorNext;
        }
        else
        {
            _connections = connection.AcceptorNext;
        }

        if (connection.AcceptorNext is { } next)
        {
            next.AcceptorPrevious = connection.AcceptorPrevious;
        }

        connection.AcceptorNext = connection.AcceptorPrevious = null;
        if (_closed && _connections is null)
        {
            worker.Timers.Disarm(this);
            _drained?.TrySetResult();
        }
    }

    internal override void OnEvents(byte tag, uint bits)
    {
        for (int i = 0; i < AcceptsPerTurn && AcceptOne(); i++)
        {
        }
    }

    internal override void OnTimer(long now)
    {
        if (!_closed)
        {
            Resume();
            return;
        }

        for (Connection? connection = _connections; connection is not null;)
        {
            Connection? next = connection.AcceptorNext;
            connection.Cut();
            connection = next;
        }
    }

    /// <returns>False when the queue is empty or accepting has to wait.</returns>
    private bool AcceptOne()
    {
        if (!worker.Budget.TryTake(DescriptorsPerConnection))
        {
            Pause();
            return false;
        }

        SockAddr peer = default;
        SysResult accepted = LibC.Accept(fd, ref peer);
        if (!accepted.IsError)
        {
            binding.CountAccepted(worker.Id);
            binding.Target.Accept(this, accepted.Value, peer);
            return true;
        }

        worker.Budget.Give(DescriptorsPerConnection);
        switch (accepted.Errno)
        {
            case Errno.ConnAborted:
                return true; // gave up while it queued: the next may be fine
            case Errno.MFile or Errno.NFile or Errno.NoBufs or Errno.NoMem:
                Pause();
                return false;
            default:
                return false;
        }
    }

    /// <summary>The socket stays ready while nothing can be accepted, so it is not watched meanwhile: nothing spins.</summary>
    private void Pause()
    {
        if (_closed)
        {
            return;
        }

        if (!_paused)
        {
            _paused = true;
            binding.CountPause(worker.Id);
            worker.Rewatch(fd, 0, _handle);
        }

        worker.Timers.Arm(this, worker.Now + PauseMilliseconds);
    }

    private void Resume()
    {
        if (worker.Budget.Left < DescriptorsPerConnection)
        {
            Pause();
            return;
        }

        _paused = false;
        worker.Rewatch(fd, EpollBits.In, _handle);
    }
}
