using System.Net;

namespace NodeAgent.DataPlane.Linux;

/// <summary>
/// The listening sockets of one address:port, one for each worker, sharing its connections by SO_REUSEPORT.
/// </summary>
internal static class ListenSocket
{
    private const int Backlog = 4096;

    /// <summary>How many descriptors listening <paramref name="count"/> times takes.</summary>
    public static int Descriptors(int count) => count > 1 ? count + 1 : count;

    /// <summary>
    /// Binds and listens <paramref name="count"/> times. All or nothing: on failure no socket is left open.
    /// </summary>
    /// <param name="guard">Keeps others from joining for as long as it is open; -1 where it is not needed or not to be had.</param>
    /// <remarks>
    /// The first bind is done without SO_REUSEPORT, or we would silently share the traffic of another process of the same
    /// user; the option is set between bind and listen, which is early enough for our others to join. The guard then keeps such
    /// a process from joining us.
    /// </remarks>
    public static SysResult Open(IPEndPoint endPoint, int count, out int[] sockets, out int guard)
    {
        sockets = new int[count];
        guard = -1;
        Array.Fill(sockets, -1);
        for (int i = 0; i < count; i++)
        {
            SysResult opened = OpenOne(endPoint, exclusive: i == 0, shared: count > 1, out sockets[i]);
            if (opened.IsError)
            {
                CloseAll(sockets);
                sockets = [];
                return opened;
            }
        }

        if (count > 1)
        {
            guard = OpenGuard(endPoint);
        }

        return new SysResult(count);
    }

    public static void CloseAll(ReadOnlySpan<int> sockets)
    {
        foreach (int fd in sockets)
        {
            if (fd >= 0)
            {
                LibC.Close(fd);
            }
        }
    }

    private static SysResult OpenOne(IPEndPoint endPoint, bool exclusive, bool shared, out int fd)
    {
        var address = new SockAddr(endPoint);
        SysResult result = Make(address, out fd);
        if (result.IsError)
        {
            return result;
        }

        LibC.SetOption(fd, SocketOption.ReuseAddress, 1);
        LibC.SetOption(fd, SocketOption.NoDelay, 1); // inherited by what is accepted
        if (!exclusive)
        {
            LibC.SetOption(fd, SocketOption.ReusePort, 1);
        }

        result = LibC.Bind(fd, address);
        if (!result.IsError && exclusive && shared)
        {
            result = LibC.SetOption(fd, SocketOption.ReusePort, 1);
        }

        if (!result.IsError)
        {
            result = LibC.Listen(fd, Backlog);
        }

        if (result.IsError)
        {
            LibC.Close(fd);
            fd = -1;
        }

        return result;
    }

    /// <summary>
    /// A socket bound without SO_REUSEPORT conflicts with every later bind, whether or not it listens. It can join the
    /// others only by TCP_REPAIR; without CAP_NET_ADMIN the address is left to the manners of the other processes.
    /// </summary>
    private static int OpenGuard(IPEndPoint endPoint)
    {
        var address = new SockAddr(endPoint);
        if (Make(address, out int fd).IsError)
        {
            return -1;
        }

        if (LibC.SetOption(fd, SocketOption.Repair, 1).IsError
            || LibC.Bind(fd, address).IsError
            || LibC.SetOption(fd, SocketOption.Repair, 0).IsError)
        {
            LibC.Close(fd);
            return -1;
        }

        return fd;
    }

    private static SysResult Make(in SockAddr address, out int fd)
    {
        SysResult made = LibC.TcpSocket(address.IsIPv6);
        fd = made.IsError ? -1 : made.Value;
        if (!made.IsError && address.IsIPv6)
        {
            LibC.SetOption(fd, SocketOption.IPv6Only, 1);

            // A local route alone does not let IPv6 bind to a VIP.
            LibC.SetOption(fd, SocketOption.FreeBindIPv6, 1);
        }

        return made;
    }
}
