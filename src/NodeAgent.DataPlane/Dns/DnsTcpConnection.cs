using System.Buffers;
using System.Buffers.Binary;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <summary>
/// A client's TCP connection: queries behind their length, answered in the order in which the answers come (RFC 7766). A client
/// that asks faster than it reads, or than we answer, is not read from meanwhile.
/// </summary>
internal sealed class DnsTcpConnection : Connection
{
    private const int FrameLength = 2;

    /// <summary>Bytes; real queries have a few dozen.</summary>
    private const int MaxQuery = 4096;

    private const int MaxOutstanding = 16;
    private const int IdleMilliseconds = 10_000;

    private readonly DnsSite _site;
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(FrameLength + MaxQuery);
    private readonly ulong _handle;
    private LoopSocket _socket;
    private int _filled;
    private int _outstanding;
    private byte[]? _unsent;
    private int _unsentStart;
    private int _unsentEnd;
    private bool _reading;
    private bool _lastQueryRead;
    private bool _closed;

    private DnsTcpConnection(Acceptor acceptor, DnsSite site, int fd, in SockAddr peer)
    {
        Worker = acceptor.Worker;
        Peer = peer;
        _site = site;
        _socket = new LoopSocket(fd);
        Join(acceptor);
        if (Worker.Watch(fd, this, 0, EpollBits.Connection, out _handle).IsError)
        {
            Close();
            return;
        }

        Worker.Timers.Arm(this, Worker.Now + IdleMilliseconds);
    }

    public Worker Worker { get; }

    public SockAddr Peer { get; }

    private bool HasUnsent => _unsentEnd > _unsentStart;

    public static void Start(Acceptor acceptor, DnsSite site, int fd, in SockAddr peer) => _ = new DnsTcpConnection(acceptor, site, fd, peer);

    /// <summary>A backend is asked: <see cref="Reply"/> and then <see cref="Release"/> follow.</summary>
    public void Hold() => _outstanding++;

    public void Release()
    {
        _outstanding--;
        if (!_reading)
        {
            Read();
        }
    }

    /// <summary>Sends an answer, or keeps what the client does not take yet. Nothing happens when the client is gone.</summary>
    public void Reply(ReadOnlySpan<byte> answer)
    {
        if (_closed)
        {
            return;
        }

        Span<byte> framed = Room(FrameLength + answer.Length);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
        answer.CopyTo(framed[FrameLength..]);
        _unsentEnd += framed.Length;
        Flush();
    }

    internal override void Drain()
    {
        _lastQueryRead = true;
        CloseIfDone();
    }

    internal override void Cut() => Close();

    internal override void OnEvents(byte tag, uint bits)
    {
        _socket.Note(bits);
        if (_socket.Broken)
        {
            Close();
            return;
        }

        Worker.Timers.Arm(this, Worker.Now + IdleMilliseconds);
        if ((bits & EpollBits.Out) != 0)
        {
            Flush();
        }

        Read();
    }

    internal override void OnTimer(long now)
    {
        if (_outstanding > 0)
        {
            Worker.Timers.Arm(this, now + IdleMilliseconds);
        }
        else
        {
            Close();
        }
    }

    private void Read()
    {
        _reading = true;
        while (!_closed && !_lastQueryRead && _outstanding < MaxOutstanding && !HasUnsent)
        {
            if (TryServeOne())
            {
                continue;
            }

            SysResult read = _closed ? SysResult.FromErrno(Errno.Again) : _socket.TryReceive(_input.AsSpan(_filled, FrameLength + MaxQuery - _filled));
            if (read.IsAgain)
            {
                break;
            }

            if (read.IsError)
            {
                Close();
            }
            else if (read.Value == 0)
            {
                _lastQueryRead = true;
            }
            else
            {
                _filled += read.Value;
            }
        }

        _reading = false;
        CloseIfDone();
    }

    /// <returns>False when no whole query has arrived.</returns>
    private bool TryServeOne()
    {
        if (_filled < FrameLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_input);
        if (length > MaxQuery)
        {
            Close();
            return false;
        }

        int end = FrameLength + length;
        if (_filled < end)
        {
            return false;
        }

        if (!_site.TryServe(this, _input.AsSpan(FrameLength, length)))
        {
            Close();
            return false;
        }

        if (!_closed)
        {
            _input.AsSpan(end, _filled - end).CopyTo(_input);
            _filled -= end;
        }

        return !_closed;
    }

    private Span<byte> Room(int count)
    {
        if (_unsent is null || _unsent.Length < _unsentEnd + count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_unsentEnd - _unsentStart + count);
            if (_unsent is not null)
            {
                _unsent.AsSpan(_unsentStart, _unsentEnd - _unsentStart).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_unsent);
            }

            _unsent = larger;
            _unsentEnd -= _unsentStart;
            _unsentStart = 0;
        }

        return _unsent.AsSpan(_unsentEnd, count);
    }

    private void Flush()
    {
        while (HasUnsent)
        {
            SysResult sent = _socket.TrySend(_unsent.AsSpan(_unsentStart, _unsentEnd - _unsentStart));
            if (sent.IsAgain)
            {
                return;
            }

            if (sent.IsError)
            {
                Close();
                return;
            }

            _unsentStart += sent.Value;
        }

        ForgetUnsent();
    }

    private void ForgetUnsent()
    {
        if (_unsent is not null)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
            _unsent = null;
        }

        _unsentStart = _unsentEnd = 0;
    }

    private void CloseIfDone()
    {
        if (_lastQueryRead && _outstanding == 0 && !HasUnsent)
        {
            Close();
        }
    }

    private void Close()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        Worker.Timers.Disarm(this);
        Worker.Forget(_handle);
        LibC.Close(_socket.Fd);
        Worker.Budget.Give(1);
        ForgetUnsent();
        ArrayPool<byte>.Shared.Return(_input);
        Leave();
    }
}
