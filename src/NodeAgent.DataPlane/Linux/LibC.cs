using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>
/// The libc calls of the data path, each as a <see cref="SysResult"/> with EINTR handled here. SetLastError is what makes
/// errno safe against the runtime's own calls; it costs nothing measurable.
/// </summary>
internal static unsafe partial class LibC
{
    public const int MsgNoSignal = 0x4000;

    private const int SockNonBlock = 0x800;
    private const int SockCloExec = 0x80000;
    private const int AfInet = 2;
    private const int AfInet6 = 10;
    private const int SockStream = 1;

    public static SysResult Receive(int fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return Receive(fd, p, buffer.Length);
        }
    }

    public static SysResult Receive(int fd, byte* buffer, int length)
    {
        nint n;
        do
        {
            n = recv(fd, buffer, (nuint)length, 0);
        }
        while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        return Result(n);
    }

    public static SysResult Send(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return Send(fd, p, buffer.Length);
        }
    }

    public static SysResult Send(int fd, byte* buffer, int length)
    {
        nint n;
        do
        {
            n = send(fd, buffer, (nuint)length, MsgNoSignal);
        }
        while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        return Result(n);
    }

    /// <param name="vectors">At most 1,024.</param>
    public static SysResult SendVectors(int fd, ReadOnlySpan<IoVector> vectors)
    {
        fixed (IoVector* p = vectors)
        {
            MsgHeader header = default;
            header.Vectors = p;
            header.VectorCount = (nuint)vectors.Length;
            nint n;
            do
            {
                n = sendmsg(fd, &header, MsgNoSignal);
            }
            while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
            return Result(n);
        }
    }

    /// <summary>Moves bytes between a socket and a pipe without copying (SPLICE_F_MOVE | SPLICE_F_NONBLOCK).</summary>
    public static SysResult Splice(int from, int to, int length)
    {
        const uint moveNonBlock = 3;
        nint n;
        do
        {
            n = splice(from, null, to, null, (nuint)length, moveNonBlock);
        }
        while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        return Result(n);
    }

    /// <summary>Takes one connection off the accept queue; it is non-blocking and closed on exec.</summary>
    public static SysResult Accept(int fd, ref SockAddr peer)
    {
        int length = SockAddr.Capacity;
        nint n;
        fixed (SockAddr* p = &peer)
        {
            do
            {
                n = accept4(fd, p, &length, SockNonBlock | SockCloExec);
            }
            while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        }

        return Result(n);
    }

    /// <summary>A non-blocking TCP socket.</summary>
    public static SysResult TcpSocket(bool ipv6) =>
        Result(socket(ipv6 ? AfInet6 : AfInet, SockStream | SockNonBlock | SockCloExec, 0));

    /// <summary>Starts connecting; EINPROGRESS is the usual answer.</summary>
    public static SysResult Connect(int fd, in SockAddr address)
    {
        fixed (SockAddr* p = &address)
        {
            return Result(connect(fd, p, address.Length));
        }
    }

    public static SysResult Bind(int fd, in SockAddr address)
    {
        fixed (SockAddr* p = &address)
        {
            return Result(bind(fd, p, address.Length));
        }
    }

    public static SysResult Listen(int fd, int backlog) => Result(listen(fd, backlog));

    public static SysResult SetOption(int fd, SocketOption option, int value)
    {
        (int level, int name) = Names(option);
        return Result(setsockopt(fd, level, name, &value, sizeof(int)));
    }

    /// <summary>SO_ERROR: how a non-blocking connect ended; 0 is success.</summary>
    public static int PendingError(int fd)
    {
        const int solSocket = 1, soError = 4;
        int value = 0, length = sizeof(int);
        return getsockopt(fd, solSocket, soError, &value, &length) == 0 ? value : Marshal.GetLastPInvokeError();
    }

    /// <summary>Makes the coming close(2) send RST instead of FIN.</summary>
    public static void ResetOnClose(int fd)
    {
        const int solSocket = 1, soLinger = 13;
        int* linger = stackalloc int[] { 1, 0 };
        _ = setsockopt(fd, solSocket, soLinger, linger, 2 * sizeof(int));
    }

    public static void ShutdownWrite(int fd) => _ = shutdown(fd, 1);

    public static void ShutdownBoth(int fd) => _ = shutdown(fd, 2);

    /// <summary>Never retried: on Linux the descriptor is gone whatever close(2) returns.</summary>
    public static void Close(int fd) => _ = close(fd);

    /// <summary>A pipe of about <paramref name="capacity"/> bytes; an error where the user's pipe budget is used up.</summary>
    public static SysResult Pipe(int capacity, out int readEnd, out int writeEnd)
    {
        const int setPipeSize = 1031;
        int* ends = stackalloc int[2];
        SysResult made = Result(pipe2(ends, SockNonBlock | SockCloExec));
        (readEnd, writeEnd) = made.IsError ? (-1, -1) : (ends[0], ends[1]);
        if (!made.IsError)
        {
            SysResult sized = Result(fcntl(writeEnd, setPipeSize, capacity));
            if (sized.IsError)
            {
                Close(readEnd);
                Close(writeEnd);
                return sized;
            }
        }

        return made;
    }

    public static SysResult EpollCreate() => Result(epoll_create1(SockCloExec));

    public static SysResult EpollControl(int epoll, int operation, int fd, void* ev) =>
        Result(epoll_ctl(epoll, operation, fd, ev));

    /// <param name="timeoutMilliseconds">-1 waits without end.</param>
    public static SysResult EpollWait(int epoll, void* events, int capacity, int timeoutMilliseconds)
    {
        int n = epoll_wait(epoll, events, capacity, timeoutMilliseconds);
        return n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr ? new SysResult(0) : Result(n);
    }

    public static SysResult EventFd() => Result(eventfd(0, SockNonBlock | SockCloExec));

    public static void EventFdSignal(int fd)
    {
        ulong one = 1;
        _ = write(fd, &one, sizeof(ulong));
    }

    public static void EventFdClear(int fd)
    {
        ulong count;
        _ = read(fd, &count, sizeof(ulong));
    }

    /// <summary>The soft limit of open descriptors, raised to the hard limit where that is allowed.</summary>
    public static int RaiseDescriptorLimit()
    {
        const int noFile = 7;
        ulong* limit = stackalloc ulong[2];
        Result(getrlimit(noFile, limit)).OrThrow("getrlimit");
        if (limit[0] < limit[1])
        {
            ulong soft = limit[0];
            limit[0] = limit[1];
            if (setrlimit(noFile, limit) != 0)
            {
                limit[0] = soft;
            }
        }

        return (int)Math.Min(limit[0], int.MaxValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SysResult Result(nint n) => n < 0 ? SysResult.FromErrno(Marshal.GetLastPInvokeError()) : new SysResult(n);

    private static (int Level, int Name) Names(SocketOption option) => option switch
    {
        SocketOption.ReuseAddress => (1, 2),
        SocketOption.ReusePort => (1, 15),
        SocketOption.NoDelay => (6, 1),
        SocketOption.IPv6Only => (41, 26),
        SocketOption.FreeBindIPv6 => (41, 78),
        SocketOption.Repair => (6, 19),
        _ => throw new ArgumentOutOfRangeException(nameof(option)),
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int fd, MsgHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, void* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, void* ev);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, void* events, int capacity, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, ulong* limit);
}
