using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>The calls of netlink(7) sockets.</summary>
internal static unsafe partial class LibC
{
    /// <summary>A socket of the routing family (rtnetlink(7)) in the network namespace of the calling thread.</summary>
    public static SysResult RouteSocket(bool nonBlocking)
    {
        const int afNetlink = 16, sockRaw = 3, netlinkRoute = 0;
        return Result(socket(afNetlink, sockRaw | SockCloExec | (nonBlocking ? SockNonBlock : 0), netlinkRoute));
    }

    /// <param name="groups">Multicast groups to listen to, one bit each (RTMGRP_*); 0 for none.</param>
    public static SysResult BindNetlink(int fd, uint groups)
    {
        // struct sockaddr_nl: family, padding, port (the kernel chooses), groups.
        uint* address = stackalloc uint[] { 16, 0, groups };
        return Result(bind(fd, address, 3 * sizeof(uint)));
    }

    /// <summary>
    /// Makes the kernel apply the table that a dump asks for, instead of sending every route there is (NETLINK_GET_STRICT_CHK,
    /// Linux 4.20).
    /// </summary>
    public static SysResult FilterDumps(int fd)
    {
        const int solNetlink = 270, strictCheck = 12;
        int on = 1;
        return Result(setsockopt(fd, solNetlink, strictCheck, &on, sizeof(int)));
    }
}
