using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// The receiving half of an HTTP connection as Kestrel wants it. A read asked for on another thread is carried out on the owning
/// worker, and its continuation runs there: that is how a connection that Kestrel starts on the pool comes home to its loop.
/// While a read waits no buffer is held.
/// </summary>
internal sealed class SocketReader(HttpConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Bytes; with less room than this a further block is chained instead.</summary>
    private const int MinReceive = 2048;

    private readonly Worker _worker = connection.Worker;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private Block? _head;
    private Block? _tail;
    private bool _examinedAll = true;
    private bool _ended;
    private bool _cancelled;
    private volatile bool _waiting;

    /// <summary>Bytes received that nobody consumed.</summary>
    public bool HasUnread => _head is not null;

    public bool Ended => _ended;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_worker.IsCurrent && TryTake(out ReadResult result))
        {
            return new ValueTask<ReadResult>(result);
        }

        _source.Reset();
        short version = _source.Version;
        _waiting = true;
        if (!_worker.IsCurrent)
        {
            _worker.Post(static self => ((SocketReader)self!).OnReadable(), this);
        }

        return new ValueTask<ReadResult>(this, version);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_worker.IsCurrent)
        {
            return TryTake(out result);
        }

        if (!_examinedAll && _head is not null)
        {
            result = Result(cancelled: false);
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null)
        {
            return;
        }

        _examinedAll = examined.GetObject() == _tail && examined.GetInteger() == _tail!.End;
        var until = (Block)consumed.GetObject()!;
        while (_head != until)
        {
            Block done = _head!;
            _head = done.NextBlock;
            done.Dispose();
        }

        _head.Start = consumed.GetInteger();
        while (_head is { } empty && empty.Start == empty.End)
        {
            _head = empty.NextBlock;
            empty.Dispose();
        }

        if (_head is null)
        {
            _tail = null;
        }
    }

    public override void CancelPendingRead()
    {
        if (_worker.IsCurrent)
        {
            CancelOnLoop();
        }
        else
        {
            _worker.Post(static self => ((SocketReader)self!).CancelOnLoop(), this);
        }
    }

    public override void Complete(Exception? exception = null)
    {
        while (_head is { } block)
        {
            _head = block.NextBlock;
            block.Dispose();
        }

        _tail = null;
        _ended = true;
    }

    /// <summary>Something arrived, or the end did; on the worker's thread.</summary>
    public void OnReadable()
    {
        if (_waiting && TryTake(out ReadResult result))
        {
            _waiting = false;
            _source.SetResult(result);
        }
    }

    /// <summary>Whatever still arrives has no reader: a read that waits sees the end. On the worker's thread.</summary>
    public void End()
    {
        _ended = true;
        OnReadable();
    }

    /// <summary>What has arrived so far, without consuming it; on the worker's thread.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        Fill();
        return _head is null ? default : _head.Filled;
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private void CancelOnLoop()
    {
        _cancelled = true;
        OnReadable();
    }

    private bool TryTake(out ReadResult result)
    {
        if (!_cancelled && (_examinedAll || _head is null) && !_ended)
        {
            Fill();
        }

        bool cancelled = _cancelled;
        if (!cancelled && !_ended && (_examinedAll || _head is null))
        {
            result = default;
            return false;
        }

        _cancelled = false;
        result = Result(cancelled);
        return true;
    }

    private ReadResult Result(bool cancelled)
    {
        ReadOnlySequence<byte> buffer = _head is null
            ? default
            : new ReadOnlySequence<byte>(_head, _head.Start, _tail!, _tail!.End);
        return new ReadResult(buffer, cancelled, _ended);
    }

    private void Fill()
    {
        if (_ended || !connection.Socket.Readable)
        {
            return;
        }

        Block? block = _tail is not null && _tail.Free.Length >= MinReceive ? _tail : null;
        Block into = block ?? _worker.Blocks.RentBlock();
        SysResult read = connection.Socket.TryReceive(into.Free);
        if (read.IsError || read.Value == 0)
        {
            if (block is null)
            {
                into.Dispose();
            }

            _ended = !read.IsAgain;
            return;
        }

        into.End += read.Value;
        _examinedAll = false;
        if (block is null)
        {
            if (_tail is null)
            {
                _head = into;
            }
            else
            {
                _tail.Append(into);
            }

            _tail = into;
        }
    }
}
