using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// A connected socket and what epoll last said of it. Receives belong to the owning worker's thread; sends may come from any one
/// thread at a time.
/// </summary>
internal struct LoopSocket(int fd)
{
    private const uint EndBits = EpollBits.ReadHangUp | EpollBits.HangUp | EpollBits.Error;

    private bool _readToEnd;

    public readonly int Fd => fd;

    /// <summary>False: a receive would only say "again".</summary>
    public bool Readable { get; private set; }

    /// <summary>Both directions are over, or the peer reset the connection.</summary>
    public bool Broken { get; private set; }

    /// <summary>The peer has sent all it will send (what it sent may still be unread).</summary>
    public readonly bool PeerEnded => _readToEnd;

    public void Note(uint bits)
    {
        if ((bits & (EpollBits.In | EndBits)) != 0)
        {
            Readable = true;
            _readToEnd |= (bits & EndBits) != 0;
            Broken |= (bits & (EpollBits.HangUp | EpollBits.Error)) != 0;
        }
    }

    /// <summary>One receive, or "again" without asking the kernel when it is known to have nothing.</summary>
    public SysResult TryReceive(Span<byte> buffer)
    {
        if (!Readable)
        {
            return SysResult.FromErrno(Errno.Again);
        }

        SysResult read = LibC.Receive(fd, buffer);
        if (read.IsError)
        {
            Readable = false;
        }
        else if (read.Value > 0 && read.Value < buffer.Length)
        {
            // Emptied; but after the peer's end there is no further edge, so its EOF has to be fetched.
            Readable = _readToEnd;
        }

        return read;
    }

    /// <summary>Moves what was received into a pipe. A short move does not mean that nothing is left, so only "again" ends it.</summary>
    public SysResult TrySpliceTo(SplicePipe pipe, int length)
    {
        if (!Readable)
        {
            return SysResult.FromErrno(Errno.Again);
        }

        SysResult moved = LibC.Splice(fd, pipe.WriteEnd, length);
        if (moved.IsError)
        {
            Readable = false;
        }

        return moved;
    }

    public readonly SysResult TrySend(ReadOnlySpan<byte> bytes) => LibC.Send(fd, bytes);
}
