using System.Threading.Tasks.Sources;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// A connection to one endpoint, on one worker and used on its thread alone. Waits come back as an errno, 0 being "go on": no
/// exception on the data path. While it waits it holds no buffer.
/// </summary>
internal sealed class UpstreamConnection : Pollable, IValueTaskSource<int>
{
    private readonly Worker _worker;
    private readonly TimeSpan _timeout;
    private readonly WriteWait _write = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private LoopSocket _socket;
    private ulong _handle;
    private long _clientDue;
    private bool _readWaiting;
    private bool _idle;
    private bool _closed;

    private UpstreamConnection(Worker worker, EndpointTarget endpoint, int fd, TimeSpan timeout, TimeSpan? idleTimeout)
    {
        IdleTimeout = idleTimeout;
        _worker = worker;
        Endpoint = endpoint;
        _timeout = timeout;
        _socket = new LoopSocket(fd);
    }

    public EndpointTarget Endpoint { get; }

    public int WorkerId => _worker.Id;

    /// <summary>How long it may lie idle; null for the usual time.</summary>
    public TimeSpan? IdleTimeout { get; }

    /// <summary>How many exchanges it has carried.</summary>
    public int Uses { get; set; }

    /// <summary>The client is slow to send its body: the backend is not to blame for being silent.</summary>
    public bool WaitsForClient => _clientDue != 0;

    /// <summary>Names and values of the last answer's fields: backends repeat themselves, so their strings are used again.</summary>
    public HeaderTextCache Texts { get; } = new();

    /// <summary>Starts connecting; <see cref="WaitWritable"/> tells how it ended. EBUSY: the endpoint has all the connections it may have.</summary>
    public static SysResult TryOpen(
        Worker worker, EndpointTarget endpoint, TimeSpan timeout, PoolSettings settings, out UpstreamConnection? connection)
    {
        connection = null;
        if (!endpoint.TryOpenConnection(settings.MaxConnections))
        {
            return SysResult.FromErrno(Errno.Busy);
        }

        SysResult result = Open(worker, endpoint, timeout, settings, out connection);
        if (result.IsError)
        {
            endpoint.CloseConnection();
        }
        else
        {
            endpoint.Begin(worker.Id);
        }

        return result;
    }

    private static SysResult Open(
        Worker worker, EndpointTarget endpoint, TimeSpan timeout, PoolSettings settings, out UpstreamConnection? connection)
    {
        connection = null;
        if (!worker.Budget.TryTake(1))
        {
            return SysResult.FromErrno(Errno.MFile);
        }

        SysResult made = LibC.TcpSocket(endpoint.Address.IsIPv6);
        if (made.IsError)
        {
            worker.Budget.Give(1);
            return made;
        }

        var opened = new UpstreamConnection(worker, endpoint, made.Value, timeout, settings.IdleTimeout);
        LibC.SetOption(made.Value, SocketOption.NoDelay, 1);
        SysResult result = LibC.Connect(made.Value, endpoint.Address);
        if (!result.IsError || result.Errno == Errno.InProgress)
        {
            result = worker.Watch(made.Value, opened, 0, EpollBits.Connection, out opened._handle);
        }

        if (result.IsError)
        {
            LibC.Close(made.Value);
            worker.Budget.Give(1);
            return result;
        }

        connection = opened;
        return new SysResult(0);
    }

    /// <summary>How the connect ended; 0 is success.</summary>
    public int ConnectError() => LibC.PendingError(_socket.Fd);

    /// <summary>One receive; "again" when there is nothing.</summary>
    public SysResult TryReceive(Span<byte> buffer) => _socket.TryReceive(buffer);

    /// <summary>Moves received bytes into <paramref name="pipe"/>; "again" when there are none.</summary>
    public SysResult TrySplice(SplicePipe pipe, int length) => _socket.TrySpliceTo(pipe, length);

    /// <param name="patience">How long to wait at most; null for the usual time.</param>
    public ValueTask<int> WaitReadable(TimeSpan? patience = null)
    {
        if (_socket.Readable)
        {
            return new ValueTask<int>(0);
        }

        _read.Reset();
        _readWaiting = true;
        ArmTimer(patience ?? _timeout);
        return new ValueTask<int>(this, _read.Version);
    }

    /// <param name="patience">How long to wait at most; null for the usual time.</param>
    public ValueTask<int> WaitWritable(TimeSpan? patience = null)
    {
        ArmTimer(patience ?? _timeout);
        return _write.Wait();
    }

    /// <summary>Sends all of <paramref name="bytes"/>, waiting for room as often as it takes.</summary>
    /// <returns>0 or an errno.</returns>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        SysResult sent = _socket.TrySend(bytes.Span);
        if (sent.IsError && !sent.IsAgain)
        {
            return new ValueTask<int>(sent.Errno);
        }

        int done = sent.IsError ? 0 : sent.Value;
        return done == bytes.Length ? new ValueTask<int>(0) : SendRestAsync(bytes[done..]);
    }

    /// <summary>The next part of the request is the client's to send, within <paramref name="patience"/>.</summary>
    public void WaitForClient(TimeSpan patience) => _clientDue = _worker.Now + (long)patience.TotalMilliseconds;

    /// <summary>The client has sent something, or all: from now on the backend's time runs.</summary>
    public void StopWaitingForClient()
    {
        _clientDue = 0;
        if (_readWaiting)
        {
            ArmTimer(_timeout);
        }
    }

    /// <summary>Half-close: nothing more will be sent.</summary>
    public void ShutdownWrite() => LibC.ShutdownWrite(_socket.Fd);

    /// <summary>Ends whatever it waits for with <paramref name="errno"/>.</summary>
    public void Cancel(int errno)
    {
        _worker.Timers.Disarm(this);
        CompleteRead(errno);
        _write.Complete(errno);
    }

    /// <summary>In the pool: any event from now on means that it cannot be used again.</summary>
    /// <returns>False when it is already of no use.</returns>
    public bool Park(TimeSpan patience)
    {
        _worker.Timers.Disarm(this);
        if (_socket.PeerEnded || Endpoint.Retired || !IsDrained())
        {
            return false;
        }

        _idle = true;
        Endpoint.End(_worker.Id);
        ArmTimer(patience);
        return true;
    }

    public void Unpark()
    {
        _idle = false;
        Endpoint.Begin(_worker.Id);
        _worker.Timers.Disarm(this);
    }

    public void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        Cancel(Errno.Canceled);
        _worker.Forget(_handle);
        LibC.Close(_socket.Fd);
        _worker.Budget.Give(1);
        if (!_idle)
        {
            Endpoint.End(_worker.Id);
        }

        Endpoint.CloseConnection();
    }

    internal override void OnEvents(byte tag, uint bits)
    {
        _socket.Note(bits);
        if (_idle)
        {
            if (_socket.Readable)
            {
                Discard();
            }

            return;
        }

        if (_socket.Readable)
        {
            CompleteRead(0);
        }

        if (!_closed && (bits & (EpollBits.Out | EpollBits.Error | EpollBits.HangUp)) != 0)
        {
            _write.Complete(0);
        }
    }

    internal override void OnTimer(long now)
    {
        if (_idle)
        {
            Discard();
        }
        else if (_clientDue > now)
        {
            _worker.Timers.Arm(this, _clientDue);
        }
        else
        {
            Cancel(Errno.TimedOut);
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private async ValueTask<int> SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            int errno = await WaitWritable();
            if (errno != 0)
            {
                return errno;
            }

            SysResult sent = _socket.TrySend(bytes.Span);
            if (sent.IsError && !sent.IsAgain)
            {
                return sent.Errno;
            }

            bytes = bytes[(sent.IsError ? 0 : sent.Value)..];
            if (bytes.IsEmpty)
            {
                return 0;
            }
        }
    }

    /// <summary>A body received into a buffer of just its size leaves it open whether bytes follow: only the kernel knows.</summary>
    private bool IsDrained()
    {
        Span<byte> surplus = stackalloc byte[1];
        return _socket.TryReceive(surplus).IsAgain;
    }

    private void Discard()
    {
        Endpoint.Local<UpstreamPool>(_worker.Id).Remove(this);
        Close();
    }

    private void ArmTimer(TimeSpan patience) => _worker.Timers.Arm(this, _worker.Now + (long)patience.TotalMilliseconds);

    private void CompleteRead(int errno)
    {
        if (_readWaiting)
        {
            _readWaiting = false;
            _read.SetResult(errno);
        }
    }

    /// <summary>A body is sent while the answer is waited for, so the two waits are apart.</summary>
    private sealed class WriteWait : IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _source;
        private bool _waiting;

        public ValueTask<int> Wait()
        {
            _source.Reset();
            _waiting = true;
            return new ValueTask<int>(this, _source.Version);
        }

        public void Complete(int errno)
        {
            if (_waiting)
            {
                _waiting = false;
                _source.SetResult(errno);
            }
        }

        public int GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
    }
}
