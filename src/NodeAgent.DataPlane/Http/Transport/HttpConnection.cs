using Microsoft.AspNetCore.Connections;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// The client's side of an HTTP connection: watches the socket, tells HTTP/1.1 from HTTP/2 by the first bytes, and then feeds
/// Kestrel through one of the doors. Until the first byte it is a socket and this object, nothing more.
/// </summary>
internal sealed class HttpConnection : Connection
{
    /// <summary>How long a refused client may go on sending before the socket is closed under it.</summary>
    private const int LingerMilliseconds = 2000;

    private readonly HttpFront _front;
    private readonly HttpConnectionContext _context;
    private readonly ulong _handle;
    private LoopSocket _socket;
    private State _state;
    private bool _firedClosed;

    private HttpConnection(Acceptor acceptor, HttpFront front, int fd, in SockAddr peer)
    {
        Worker = acceptor.Worker;
        Binding = acceptor.Binding;
        Peer = peer;
        _front = front;
        _socket = new LoopSocket(fd);
        Reader = new SocketReader(this);
        Writer = new SocketWriter(this);
        _context = new HttpConnectionContext(this);
        Join(acceptor);
        if (Worker.Watch(fd, this, 0, EpollBits.Connection, out _handle).IsError)
        {
            Close();
            return;
        }

        Worker.Timers.Arm(this, Worker.Now + (long)front.Options.ClientTimeout.TotalMilliseconds);
    }

    private enum State
    {
        /// <summary>Too few bytes to know the protocol.</summary>
        Sniffing,
        Serving,

        /// <summary>Kestrel is done; the kernel has not taken the last bytes yet.</summary>
        Finishing,

        /// <summary>All is said; the client may still be sending.</summary>
        Lingering,
        Closed,
    }

    public Worker Worker { get; }

    public Binding Binding { get; }

    public SockAddr Peer { get; }

    public SocketReader Reader { get; }

    public SocketWriter Writer { get; }

    public ref LoopSocket Socket => ref _socket;

    /// <summary>For logs; made once.</summary>
    public string PeerText => field ??= Peer.ToEndPoint().ToString();

    /// <summary>For X-Forwarded-For; made once.</summary>
    public string PeerAddressText => field ??= Peer.ToEndPoint().Address.ToString();

    /// <summary>The client reset the connection, or ended it while its request waited for a backend.</summary>
    public bool ClientGone => _firedClosed || _socket.Broken;

    /// <summary>The backend connection that a request of this HTTP/1.1 connection waits for: when the client goes, so does the wait.</summary>
    public UpstreamConnection? WaitsFor { get; set; }

    /// <summary>A request of this HTTP/1.1 connection waits for an HTTP/2 backend; Kestrel tells it when the client goes.</summary>
    public bool WaitsForStream { get; set; }

    /// <summary>Set when a request was answered without reading it to its end: closing at once could reset the answer away.</summary>
    public bool LingerOnClose { get; set; }

    public static void Start(Acceptor acceptor, HttpFront front, int fd, in SockAddr peer) =>
        _ = new HttpConnection(acceptor, front, fd, peer);

    /// <summary>Ends both directions at once; from any thread.</summary>
    public void Abort() => Worker.Post(
        static self =>
        {
            var connection = (HttpConnection)self!;
            if (connection._state is not State.Closed)
            {
                LibC.ShutdownBoth(connection._socket.Fd);
            }
        },
        this);

    /// <summary>Tells Kestrel that the client is gone, so that a request that waits for its backend ends.</summary>
    public void FireClosed()
    {
        if (!_firedClosed)
        {
            _firedClosed = true;
            _context.FireClosed();
            if (Worker.IsCurrent)
            {
                WaitsFor?.Cancel(Errno.Canceled);
            }
        }
    }

    /// <summary>A flush waits for the client to read; on the worker's thread.</summary>
    public void WatchStall() =>
        Worker.Timers.Arm(this, Worker.Now + (long)_front.Options.ClientTimeout.TotalMilliseconds);

    /// <summary>No further request is read once the present one is answered.</summary>
    public void CloseAfterRequest() => _context.RequestClose();

    public void ForgetStall() => Worker.Timers.Disarm(this);

    internal override void OnEvents(byte tag, uint bits)
    {
        _socket.Note(bits);
        switch (_state)
        {
            case State.Sniffing:
                Sniff();
                break;
            case State.Serving:
                if (_socket.Broken)
                {
                    FireClosed();
                    Writer.Fail();
                }
                else if (_socket.PeerEnded && (WaitsFor is not null || WaitsForStream))
                {
                    // A client that closes and one that only will not send more look the same; a backend should not work for the first.
                    FireClosed();
                }

                Reader.OnReadable();
                if (_state == State.Serving && (bits & EpollBits.Out) != 0)
                {
                    Writer.OnWritable();
                }

                break;
            case State.Finishing:
                BeginClose();
                break;
            case State.Lingering:
                Linger();
                break;
            default:
                break;
        }
    }

    internal override void OnTimer(long now)
    {
        if (_state == State.Serving)
        {
            // The client has not read for too long.
            LibC.ShutdownBoth(_socket.Fd);
            FireClosed();
            Writer.Fail();
            return;
        }

        Close();
    }

    internal override void Drain()
    {
        if (_state == State.Sniffing)
        {
            Close();
        }
        else
        {
            _context.RequestClose();
        }
    }

    internal override void Cut()
    {
        if (_state == State.Serving)
        {
            LibC.ShutdownBoth(_socket.Fd);
            FireClosed();
            Writer.Fail();
        }
        else
        {
            Close();
        }
    }

    private void Sniff()
    {
        ReadOnlySpan<byte> start = Reader.Peek();
        if (start.IsEmpty && Reader.Ended)
        {
            Close();
            return;
        }

        ReadOnlySpan<byte> preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
        bool maybeHttp2 = start.Length < preface.Length ? preface.StartsWith(start) : start.StartsWith(preface);
        if (start.IsEmpty || (maybeHttp2 && start.Length < preface.Length && !Reader.Ended))
        {
            return;
        }

        _state = State.Serving;
        Worker.Timers.Disarm(this);
        _front.Heartbeats[Worker.Id].Add(_context);
        _ = ServeAsync(maybeHttp2 ? _front.Http2 : _front.Http1);
    }

    private async Task ServeAsync(Door door)
    {
        try
        {
            await door.ServeAsync(_context);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The client is gone; what that meant for a request has been logged with it.
        }
        finally
        {
            await new WorkerSwitch(Worker);
            BeginClose();
        }
    }

    private void BeginClose()
    {
        if (_state is State.Lingering or State.Closed)
        {
            return;
        }

        if (!Writer.TryFinish())
        {
            _state = State.Finishing;
            WatchStall();
            return;
        }

        bool unread = _socket.Readable && !_socket.PeerEnded;
        if (!unread && !LingerOnClose)
        {
            Close();
            return;
        }

        // Closing with unread bytes makes the kernel send RST, which can take an answer away that the client has not read yet.
        _state = State.Lingering;
        LibC.ShutdownWrite(_socket.Fd);
        Worker.Timers.Arm(this, Worker.Now + LingerMilliseconds);
        Linger();
    }

    private unsafe void Linger()
    {
        while (true)
        {
            SysResult read = _socket.TryReceive(new Span<byte>(Worker.Scratch, Worker.ScratchSize));
            if (read.IsAgain)
            {
                return;
            }

            if (read.IsError || read.Value == 0)
            {
                Close();
                return;
            }
        }
    }

    private void Close()
    {
        if (_state == State.Closed)
        {
            return;
        }

        _state = State.Closed;
        Worker.Timers.Disarm(this);
        _front.Heartbeats[Worker.Id].Remove(_context);
        Worker.Forget(_handle);
        LibC.Close(_socket.Fd);
        Worker.Budget.Give(1);
        Reader.Complete();
        Writer.Release();
        Leave();
    }
}
