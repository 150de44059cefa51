using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tcp;

/// <summary>
/// One proxied TCP connection: connects to an endpoint, then moves bytes both ways until both sides have ended. Instances are
/// reused by their worker; nothing is allocated per event.
/// </summary>
internal sealed class TcpRelay : Connection
{
    private const byte ClientTag = 0;
    private const byte BackendTag = 1;
    private const uint WatchBits = EpollBits.Connection | EpollBits.Urgent;
    private const uint WriteBits = EpollBits.Out | EpollBits.HangUp | EpollBits.Error;
    private const int SpareRelays = 1024;

    [ThreadStatic]
    private static Stack<TcpRelay>? s_spare;

    private Worker _worker = null!;
    private TcpTarget _target = null!;
    private EndpointTarget[] _endpoints = [];
    private PoolSettings _settings = PoolSettings.Default;
    private SockAddr _peer;
    private RelayDirection _toBackend;
    private RelayDirection _toClient;
    private int _client;
    private int _backend;
    private ulong _clientHandle = ulong.MaxValue;
    private ulong _backendHandle = ulong.MaxValue;
    private int _endpoint;
    private int _triesLeft;
    private long _started;
    private long _lastActive;
    private bool _connecting;
    private bool _full;

    private TcpRelay()
    {
    }

    private TimeSpan ConnectTimeout => _settings.ConnectTimeout ?? _target.Environment.Options.ConnectTimeout;

    private TimeSpan IdleTimeout => _settings.IdleTimeout ?? _target.Environment.Options.TcpIdleTimeout;

    public static void Start(
        Acceptor acceptor, TcpTarget target, int client, in SockAddr peer, BackendPool pool, BackendState backend)
    {
        s_spare ??= new Stack<TcpRelay>();
        if (!s_spare.TryPop(out TcpRelay? relay))
        {
            relay = new TcpRelay();
        }

        Worker worker = acceptor.Worker;
        relay._worker = worker;
        relay._target = target;
        relay._peer = peer;
        relay._client = client;
        relay._backend = -1;
        relay._endpoints = backend.Endpoints;
        relay._settings = backend.Settings;

        // ConnectNext goes one on before it connects.
        int count = backend.Endpoints.Length;
        relay._endpoint = pool.First(worker, backend.Endpoints, backend.Settings, HashKey.Of(peer.AddressPart)) + count - 1;
        relay._triesLeft = count;
        relay._full = false;
        relay._started = relay._lastActive = worker.Now;
        relay._toBackend.Reset();
        relay._toClient.Reset();
        relay.Join(acceptor);
        relay.ConnectNext();
    }

    internal override void Drain()
    {
        // A relay has no point at which it can end without harm: it runs on until it ends, or is cut off.
    }

    internal override void Cut() => Close(TcpEnd.Node, reset: true);

    internal override void OnEvents(byte tag, uint bits)
    {
        _lastActive = _worker.Now;
        if (_connecting)
        {
            if (tag == BackendTag)
            {
                FinishConnect(bits);
            }

            return;
        }

        ref RelayDirection from = ref tag == ClientTag ? ref _toBackend : ref _toClient;
        ref RelayDirection to = ref tag == ClientTag ? ref _toClient : ref _toBackend;
        from.NoteSource(bits);
        if ((bits & WriteBits) != 0)
        {
            to.MarkWritable();
        }

        Move();
    }

    internal override void OnTimer(long now)
    {
        if (_connecting)
        {
            AbandonBackend();
            ConnectNext();
            return;
        }

        long due = _lastActive + (long)IdleTimeout.TotalMilliseconds;
        if (due <= now)
        {
            Close(TcpEnd.Idle, reset: true);
        }
        else
        {
            _worker.Timers.Arm(this, due);
        }
    }

    /// <summary>Tries endpoints, each once, until one is connecting. No byte of the client has been read yet.</summary>
    private void ConnectNext()
    {
        while (_triesLeft > 0)
        {
            _triesLeft--;
            _endpoint = (_endpoint + 1) % _endpoints.Length;
            EndpointTarget endpoint = _endpoints[_endpoint];
            if (!endpoint.TryOpenConnection(_settings.MaxConnections))
            {
                _full = true;
                continue;
            }

            endpoint.Begin(_worker.Id);
            SockAddr address = endpoint.Address;
            SysResult made = LibC.TcpSocket(address.IsIPv6);
            if (made.IsError)
            {
                LeaveEndpoint();
                Close(TcpEnd.Node, reset: true);
                return;
            }

            _backend = made.Value;
            LibC.SetOption(_backend, SocketOption.NoDelay, 1);
            SysResult connected = LibC.Connect(_backend, address);
            if ((!connected.IsError || connected.Errno == Errno.InProgress)
                && !_worker.Watch(_backend, this, BackendTag, WatchBits, out _backendHandle).IsError)
            {
                _connecting = true;
                _worker.Timers.Arm(this, _worker.Now + (long)ConnectTimeout.TotalMilliseconds);
                return;
            }

            LeaveEndpoint();
            LibC.Close(_backend);
            _backend = -1;
        }

        Close(_full ? TcpEnd.BackendFull : TcpEnd.BackendRefused, reset: true);
    }

    private void FinishConnect(uint bits)
    {
        if ((bits & (EpollBits.Error | EpollBits.HangUp)) != 0 && LibC.PendingError(_backend) != 0)
        {
            AbandonBackend();
            ConnectNext();
            return;
        }

        _connecting = false;
        _toBackend.MarkWritable();
        TimeSpan idle = IdleTimeout;
        if (idle > TimeSpan.Zero)
        {
            _worker.Timers.Arm(this, _worker.Now + (long)idle.TotalMilliseconds);
        }
        else
        {
            _worker.Timers.Disarm(this);
        }

        // Only now: what the client sent meanwhile waited in its socket, and is reported as soon as it is watched.
        if (_worker.Watch(_client, this, ClientTag, WatchBits, out _clientHandle).IsError)
        {
            Close(TcpEnd.Node, reset: true);
            return;
        }

        // A backend that speaks first, or closes at once, may have been reported together with its connect.
        _toClient.NoteSource(bits);
    }

    private void AbandonBackend()
    {
        _connecting = false;
        LeaveEndpoint();
        _worker.Forget(_backendHandle);
        LibC.Close(_backend);
        _backend = -1;
    }

    private void LeaveEndpoint()
    {
        _endpoints[_endpoint].End(_worker.Id);
        _endpoints[_endpoint].CloseConnection();
    }

    private void Move()
    {
        long received = _toBackend.Bytes, sent = _toClient.Bytes;
        PumpResult up = _toBackend.Pump(_worker, _client, _backend, closesNext: _toClient.Shut);
        PumpResult down = _toClient.Pump(_worker, _backend, _client, closesNext: _toBackend.Shut);
        if (up == PumpResult.SinkFailed)
        {
            // The backend is gone, but what it said before it went is the client's.
            _toClient.NoteSource(EpollBits.ReadHangUp);
            _toClient.Pump(_worker, _backend, _client, closesNext: false);
        }

        int worker = _worker.Id;
        _target.Counters.CountBytes(worker, fromClient: true, _toBackend.Bytes - received);
        _target.Counters.CountBytes(worker, fromClient: false, _toClient.Bytes - sent);
        if (up is PumpResult.SourceFailed || down is PumpResult.SinkFailed)
        {
            Close(TcpEnd.ClientReset, reset: true);
        }
        else if (up is PumpResult.SinkFailed || down is PumpResult.SourceFailed)
        {
            Close(TcpEnd.BackendReset, reset: true);
        }
        else if (_toBackend.Shut && _toClient.Shut)
        {
            Close(TcpEnd.Finished, reset: false);
        }
    }

    private void Close(TcpEnd end, bool reset)
    {
        _worker.Timers.Disarm(this);
        CloseSide(_client, _clientHandle, reset);
        CloseSide(_backend, _backendHandle, reset);
        _toBackend.Release(_worker);
        _toClient.Release(_worker);
        _worker.Budget.Give(Acceptor.DescriptorsPerConnection);
        _target.Counters.CountEnd(_worker.Id, end);
        if (_backend >= 0)
        {
            LeaveEndpoint();
        }

        bool served = _backend >= 0 && !_connecting;
        TcpLog.Write(_target, _worker, new TcpLogEntry(
            _peer,
            served ? _endpoints[_endpoint].Text : null,
            _toBackend.Bytes,
            _toClient.Bytes,
            _worker.Now - _started,
            end));
        Leave();
        _connecting = false;
        _clientHandle = _backendHandle = ulong.MaxValue;
        _target = null!;
        _endpoints = [];
        _settings = PoolSettings.Default;
        if (s_spare!.Count < SpareRelays)
        {
            s_spare.Push(this);
        }
    }

    private void CloseSide(int fd, ulong handle, bool reset)
    {
        if (fd < 0)
        {
            return;
        }

        if (handle != ulong.MaxValue)
        {
            _worker.Forget(handle);
        }

        if (reset)
        {
            LibC.ResetOnClose(fd);
        }

        LibC.Close(fd);
    }
}
