using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// The sending half of an HTTP connection as Kestrel wants it. A flush sends where it is called, on any thread; only what the
/// kernel does not take at once waits for the owning worker. An empty writer holds no buffer.
/// </summary>
internal sealed class SocketWriter(HttpConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int MaxVectors = 16;

    /// <summary>Written to by nobody: see <see cref="PassBeside"/>.</summary>
    private static readonly Memory<byte> Beside = new byte[64 * 1024];

    private readonly Worker _worker = connection.Worker;
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private Block? _head;
    private Block? _tail;
    private long _unflushed;
    private volatile bool _failed;
    private volatile bool _waiting;

    private bool _beside;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    /// <summary>Bytes handed to the kernel.</summary>
    public long Sent { get; private set; }

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        _beside ? Beside : Room(sizeHint).Array.AsMemory(_tail!.End);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_beside)
        {
            return;
        }

        _tail!.End += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!TrySendAll())
        {
            _source.Reset();
            short version = _source.Version;
            _waiting = true;

            // Off the loop, space may have become free before we said that we wait for it: the worker looks again.
            if (_worker.IsCurrent)
            {
                connection.WatchStall();
            }
            else
            {
                _worker.Post(static self => ((SocketWriter)self!).OnWritable(), this);
            }

            return new ValueTask<FlushResult>(this, version);
        }

        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _failed));
    }

    public override void CancelPendingFlush()
    {
        if (_worker.IsCurrent)
        {
            CancelOnLoop();
        }
        else
        {
            _worker.Post(static self => ((SocketWriter)self!).CancelOnLoop(), this);
        }
    }

    /// <summary>What was written but not flushed is still to be sent, as any pipe would; the connection closes when it has been.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            Drop();
        }
    }

    /// <summary>
    /// While on, what is written here is only for Kestrel to count: the bytes themselves have gone to the socket beside it.
    /// Nothing may be unflushed then.
    /// </summary>
    public void PassBeside(bool on) => _beside = on;

    /// <summary>Moves bytes from <paramref name="pipe"/> straight to the socket; on the worker's thread, with nothing unflushed.</summary>
    public SysResult TrySplice(SplicePipe pipe, int length) => LibC.Splice(pipe.ReadEnd, connection.Socket.Fd, length);

    /// <summary>Waits until the kernel takes bytes again; completed means that it never will. On the worker's thread.</summary>
    public ValueTask<FlushResult> WaitForRoomAsync()
    {
        _source.Reset();
        short version = _source.Version;
        _waiting = true;
        connection.WatchStall();
        return new ValueTask<FlushResult>(this, version);
    }

    /// <summary>Sends what is left; on the worker's thread.</summary>
    /// <returns>False while the kernel takes no more.</returns>
    public bool TryFinish() => TrySendAll();

    /// <summary>Gives all buffers back, sent or not.</summary>
    public void Release() => Drop();

    /// <summary>The kernel takes bytes again, or never will; on the worker's thread.</summary>
    public void OnWritable()
    {
        if (!_waiting)
        {
            return;
        }

        if (!TrySendAll())
        {
            connection.WatchStall();
            return;
        }

        Finish(cancelled: false);
    }

    /// <summary>Ends a flush that waits: nothing more can be sent. On the worker's thread.</summary>
    public void Fail()
    {
        _failed = true;
        if (_waiting)
        {
            Drop();
            Finish(cancelled: false);
        }
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private void Finish(bool cancelled)
    {
        _waiting = false;
        connection.ForgetStall();
        _source.SetResult(new FlushResult(cancelled, _failed));
    }

    private void CancelOnLoop()
    {
        if (_waiting)
        {
            Finish(cancelled: true);
        }
    }

    private Block Room(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_tail is null || _tail.Free.Length < wanted)
        {
            Block block = wanted > _worker.Blocks.BlockSize ? new Block(null, wanted) : _worker.Blocks.RentBlock();
            if (_tail is null)
            {
                _head = block;
            }
            else
            {
                _tail.Append(block);
            }

            _tail = block;
        }

        return _tail;
    }

    /// <returns>False when the kernel's buffer is full; true when all is sent, or nothing ever will be.</returns>
    private bool TrySendAll()
    {
        while (_head is not null && !_failed)
        {
            SysResult sent = _head == _tail ? connection.Socket.TrySend(_head.Filled) : SendVectors();
            if (sent.IsAgain)
            {
                return false;
            }

            if (sent.IsError)
            {
                _failed = true;
                connection.FireClosed();
                break;
            }

            Sent += sent.Value;
            Consume(sent.Value);
        }

        if (_failed)
        {
            Drop();
        }

        return true;
    }

    private unsafe SysResult SendVectors()
    {
        IoVector* vectors = stackalloc IoVector[MaxVectors];
        int count = 0;
        for (Block? block = _head; block is not null && count < MaxVectors; block = block.NextBlock)
        {
            // Blocks are pinned arrays: their address does not change.
            fixed (byte* p = block.Array)
            {
                vectors[count].Base = p + block.Start;
                vectors[count++].Length = (nuint)(block.End - block.Start);
            }
        }

        return LibC.SendVectors(connection.Socket.Fd, new ReadOnlySpan<IoVector>(vectors, count));
    }

    private void Consume(int sent)
    {
        _unflushed -= sent;
        while (_head is { } block)
        {
            int length = block.End - block.Start;
            if (sent < length)
            {
                block.Start += sent;
                return;
            }

            sent -= length;
            _head = block.NextBlock;
            block.Dispose();
        }

        _tail = null;
    }

    private void Drop()
    {
        while (_head is { } block)
        {
            _head = block.NextBlock;
            block.Dispose();
        }

        _tail = null;
        _unflushed = 0;
    }
}
