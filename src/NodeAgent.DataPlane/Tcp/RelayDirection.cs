using System.Runtime.InteropServices;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tcp;

/// <summary>What one pump of a direction came to.</summary>
internal enum PumpResult
{
    /// <summary>Waiting for an event.</summary>
    Waiting,

    /// <summary>The end of the stream was passed on (half-close).</summary>
    Done,

    /// <summary>Reading failed: the sender reset the connection.</summary>
    SourceFailed,

    /// <summary>Writing failed: the receiver is gone.</summary>
    SinkFailed,
}

/// <summary>
/// One direction of a relay. Copies through the worker's scratch while messages are small; after two full reads in a row
/// moves to splice(2) through a pipe, and back after eight small moves. An idle direction holds neither buffer nor pipe.
/// </summary>
internal unsafe struct RelayDirection
{
    private const int FullReadsToSplice = 2;
    private const int SmallSplice = 16 * 1024;
    private const int SmallSplicesToCopy = 8;

    private bool _readable;
    private bool _readToEnd;
    private bool _writable;
    private bool _ended;
    private bool _broken;
    private bool _urgent;
    private bool _shut;
    private byte _fullReads;
    private byte _smallSplices;

    // What the receiver did not take: at most one scratch of copied bytes, or what is in the pipe.
    private byte* _rest;
    private int _restStart;
    private int _restLength;
    private SplicePipe _pipe;
    private int _inPipe;

    public long Bytes { get; private set; }

    public readonly bool Shut => _shut;

    public void Reset()
    {
        this = default;
        _pipe = SplicePipe.None;
    }

    /// <summary>Notes what epoll says of the sender's socket.</summary>
    public void NoteSource(uint bits)
    {
        const uint end = EpollBits.ReadHangUp | EpollBits.HangUp | EpollBits.Error;
        if ((bits & (EpollBits.In | EpollBits.Urgent | end)) == 0)
        {
            return;
        }

        _readable = true;
        _broken |= (bits & EpollBits.Error) != 0;

        // No further edge comes after the end, and reads stop short at an urgent byte: from now on read until there is no more.
        _readToEnd |= (bits & (EpollBits.Urgent | end)) != 0;
        if ((bits & EpollBits.Urgent) != 0)
        {
            _urgent = true; // splice(2) cannot get past an urgent byte
            _fullReads = 0;
        }
    }

    public void MarkWritable() => _writable = true;

    /// <param name="closesNext">The other direction has ended: after this one's end the sockets are closed, which says FIN too.</param>
    public PumpResult Pump(Worker worker, int source, int sink, bool closesNext)
    {
        if (_ended && _broken)
        {
            return PumpResult.SourceFailed;
        }

        while (true)
        {
            bool splicing = _inPipe > 0 || (_fullReads >= FullReadsToSplice && _restLength == 0);
            bool switched;
            PumpResult result = splicing
                ? PumpBySplice(worker, source, sink, closesNext, out switched)
                : PumpByCopy(worker, source, sink, closesNext, out switched);
            if (!switched)
            {
                return result;
            }
        }
    }

    /// <summary>Gives back what it holds, when the connection is closed.</summary>
    public void Release(Worker worker)
    {
        if (_pipe.Exists)
        {
            worker.Pipes.Return(_pipe, empty: _inPipe == 0);
            _pipe = SplicePipe.None;
        }

        NativeMemory.Free(_rest);
        _rest = null;
        _restLength = 0;
        _inPipe = 0;
    }

    private PumpResult PumpByCopy(Worker worker, int source, int sink, bool closesNext, out bool switched)
    {
        switched = false;
        while (true)
        {
            if (_restLength > 0 && !SendRest(sink, out PumpResult stalled))
            {
                return stalled;
            }

            if (_ended)
            {
                return PassOnEnd(sink, closesNext);
            }

            if (!_readable)
            {
                return PumpResult.Waiting;
            }

            SysResult read = LibC.Receive(source, worker.Scratch, Worker.ScratchSize);
            if (read.IsError)
            {
                _readable = false;
                return read.IsAgain ? PumpResult.Waiting : PumpResult.SourceFailed;
            }

            if (read.Value == 0)
            {
                _ended = true;
                continue;
            }

            Bytes += read.Value;
            if (read.Value < Worker.ScratchSize)
            {
                _fullReads = 0;
                _readable = _readToEnd; // a short read emptied the socket: no EAGAIN needs to be fetched
            }
            else if (_fullReads < FullReadsToSplice && !_urgent)
            {
                _fullReads++;
            }

            if (!SendOrKeep(worker, sink, read.Value))
            {
                return PumpResult.SinkFailed;
            }

            if (_restLength == 0 && _fullReads >= FullReadsToSplice)
            {
                switched = true;
                return PumpResult.Waiting;
            }
        }
    }

    private bool SendOrKeep(Worker worker, int sink, int length)
    {
        int sent = 0;
        if (_writable)
        {
            SysResult written = LibC.Send(sink, worker.Scratch, length);
            if (written.IsError && !written.IsAgain)
            {
                return false;
            }

            sent = written.IsError ? 0 : written.Value;
        }

        if (sent < length)
        {
            _writable = false;
            _restStart = 0;
            _restLength = length - sent;
            _rest = (byte*)NativeMemory.Alloc((nuint)_restLength);
            Buffer.MemoryCopy(worker.Scratch + sent, _rest, _restLength, _restLength);
        }

        return true;
    }

    private bool SendRest(int sink, out PumpResult stalled)
    {
        stalled = PumpResult.Waiting;
        if (!_writable)
        {
            return false;
        }

        SysResult written = LibC.Send(sink, _rest + _restStart, _restLength);
        if (written.IsError)
        {
            _writable = false;
            stalled = written.IsAgain ? PumpResult.Waiting : PumpResult.SinkFailed;
            return false;
        }

        _restStart += written.Value;
        _restLength -= written.Value;
        if (_restLength > 0)
        {
            _writable = false;
            return false;
        }

        NativeMemory.Free(_rest);
        _rest = null;
        return true;
    }

    private PumpResult PumpBySplice(Worker worker, int source, int sink, bool closesNext, out bool switched)
    {
        switched = false;
        while (true)
        {
            while (_inPipe > 0)
            {
                if (!_writable)
                {
                    return PumpResult.Waiting;
                }

                SysResult written = LibC.Splice(_pipe.ReadEnd, sink, _inPipe);
                if (written.IsError)
                {
                    _writable = false;
                    return written.IsAgain ? PumpResult.Waiting : PumpResult.SinkFailed;
                }

                _inPipe -= written.Value;
            }

            if (_ended)
            {
                ReturnPipe(worker);
                return PassOnEnd(sink, closesNext);
            }

            if (!_readable)
            {
                ReturnPipe(worker);
                return PumpResult.Waiting;
            }

            if (_fullReads < FullReadsToSplice || (!_pipe.Exists && !worker.Pipes.TryRent(out _pipe)))
            {
                // Small messages again, or no pipe to be had: copying costs less, or is all there is.
                ReturnPipe(worker);
                _fullReads = 0;
                switched = true;
                return PumpResult.Waiting;
            }

            SysResult read = LibC.Splice(source, _pipe.WriteEnd, SplicePipe.Capacity);
            if (read.IsError)
            {
                _readable = false;
                ReturnPipe(worker);
                return read.IsAgain ? PumpResult.Waiting : PumpResult.SourceFailed;
            }

            if (read.Value == 0)
            {
                // The end, or an urgent byte that was not announced yet: recv(2) can tell.
                _fullReads = 0;
                continue;
            }

            Bytes += read.Value;
            _inPipe = read.Value;
            NoteSpliceSize(read.Value);
        }
    }

    private void NoteSpliceSize(int size)
    {
        if (size >= SmallSplice)
        {
            _smallSplices = 0;
        }
        else if (++_smallSplices >= SmallSplicesToCopy)
        {
            _smallSplices = 0;
            _fullReads = 0;
        }
    }

    private void ReturnPipe(Worker worker)
    {
        if (_pipe.Exists)
        {
            worker.Pipes.Return(_pipe, empty: true);
            _pipe = SplicePipe.None;
        }
    }

    private PumpResult PassOnEnd(int sink, bool closesNext)
    {
        if (_broken)
        {
            return PumpResult.SourceFailed; // reset after its FIN: reads only ever tell of the FIN
        }

        if (!_shut)
        {
            _shut = true;
            if (!closesNext)
            {
                LibC.ShutdownWrite(sink);
            }
        }

        return PumpResult.Done;
    }
}
