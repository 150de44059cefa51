namespace NodeAgent.DataPlane.Linux;

/// <summary>Called for each message of an answer; the bytes are good for the call only.</summary>
internal delegate void NetlinkHandler(in NetlinkMessage message);

/// <summary>A socket to the kernel's routing tables. One thread at a time.</summary>
internal sealed class NetlinkSocket : IDisposable
{
    /// <summary>The kernel sends dumps in datagrams of at most this many bytes.</summary>
    private const int ReceiveSize = 32 * 1024;

    private readonly byte[] _buffer = new byte[ReceiveSize];
    private uint _sequence;

    private NetlinkSocket(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; }

    /// <summary>For questions; the kernel answers while the question is sent, so reading never waits for long.</summary>
    public static SysResult TryOpen(out NetlinkSocket? socket) => TryOpen(0, out socket);

    /// <summary>For what the kernel tells unasked; reading never blocks.</summary>
    /// <param name="groups">RTMGRP_* bits; not 0.</param>
    public static SysResult TrySubscribe(uint groups, out NetlinkSocket? socket) => TryOpen(groups, out socket);

    /// <summary>Sends a question and reads its answer to the end.</summary>
    /// <param name="request">It must ask for an acknowledgement (NLM_F_ACK) or be a dump. Its sequence number is filled in.</param>
    /// <returns>The errno of the answer; EINTR for a dump of something that changed meanwhile.</returns>
    public SysResult Exchange(Span<byte> request, NetlinkHandler? handler = null)
    {
        uint sequence = ++_sequence;
        BitConverter.TryWriteBytes(request[8..], sequence);
        SysResult result = LibC.Send(Descriptor, request);
        bool interrupted = false;
        while (!result.IsError)
        {
            result = LibC.Receive(Descriptor, _buffer);
            var reader = new NetlinkReader(result.IsError ? default : _buffer.AsSpan(0, result.Value));
            while (reader.TryRead(out NetlinkMessage message))
            {
                // An answer to an earlier question whose reading failed.
                if (message.Sequence != sequence)
                {
                    continue;
                }

                interrupted |= (message.Flags & NetlinkMessage.DumpInterrupted) != 0;
                if (message.Type is NetlinkMessage.ErrorType or NetlinkMessage.DoneType)
                {
                    int errno = message.Errno == 0 && interrupted ? Errno.Intr : message.Errno;
                    return errno == 0 ? new SysResult(0) : SysResult.FromErrno(errno);
                }

                handler?.Invoke(message);
            }
        }

        return result;
    }

    /// <summary>Reads what has been told since the last call.</summary>
    /// <returns>False when messages were lost.</returns>
    public bool ReadAll(NetlinkHandler handler)
    {
        bool complete = true;
        while (true)
        {
            SysResult received = LibC.Receive(Descriptor, _buffer);
            if (received.IsAgain)
            {
                return complete;
            }

            if (received.IsError)
            {
                // ENOBUFS is reported once and reading goes on after it.
                complete = false;
                if (received.Errno != Errno.NoBufs)
                {
                    return false;
                }

                continue;
            }

            var reader = new NetlinkReader(_buffer.AsSpan(0, received.Value));
            while (reader.TryRead(out NetlinkMessage message))
            {
                handler(message);
            }
        }
    }

    public void Dispose() => LibC.Close(Descriptor);

    private static SysResult TryOpen(uint groups, out NetlinkSocket? socket)
    {
        socket = null;
        SysResult opened = LibC.RouteSocket(nonBlocking: groups != 0);
        if (opened.IsError)
        {
            return opened;
        }

        SysResult bound = LibC.BindNetlink(opened.Value, groups);
        if (bound.IsError)
        {
            LibC.Close(opened.Value);
            return bound;
        }

        // Older kernels send more than was asked for; readers sort it out.
        LibC.FilterDumps(opened.Value);
        socket = new NetlinkSocket(opened.Value);
        return bound;
    }
}
