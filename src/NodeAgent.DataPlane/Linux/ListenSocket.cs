using System.Net;

namespace NodeAgent.DataPlane.Linux;

/// <summary>
/// The listening sockets of one address:port, one for each worker, sharing its connections by SO_REUSEPORT.
/// </summary>
internal static class ListenSocket
{
    private const int Backlog = 4096;

    /// <summary>
    /// Binds and listens <paramref name="count"/> times. All or nothing: on failure no socket is left open.
    /// </summary>
    /// <remarks>
    /// The first bind is done without SO_REUSEPORT, or a second process of the same user would silently share our
    /// traffic; the option is set between bind and listen, which is early enough for the others to join.
    /// </remarks>
    public static SysResult Open(IPEndPoint endPoint, int count, out int[] sockets)
    {
        sockets = new int[count];
        Array.Fill(sockets, -1);
        for (int i = 0; i < count; i++)
        {
            SysResult opened = OpenOne(endPoint, exclusive: i == 0, out sockets[i]);
            if (opened.IsError)
            {
                CloseAll(sockets);
                sockets = [];
                return opened;
            }
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

    private static SysResult OpenOne(IPEndPoint endPoint, bool exclusive, out int fd)
    {
        var address = new SockAddr(endPoint);
        SysResult made = LibC.TcpSocket(address.IsIPv6);
        fd = made.IsError ? -1 : made.Value;
        if (made.IsError)
        {
            return made;
        }

        LibC.SetOption(fd, SocketOption.ReuseAddress, 1);
        LibC.SetOption(fd, SocketOption.NoDelay, 1); // inherited by what is accepted
        if (address.IsIPv6)
        {
            LibC.SetOption(fd, SocketOption.IPv6Only, 1);

            // A local route alone does not let IPv6 bind to a VIP.
            LibC.SetOption(fd, SocketOption.FreeBindIPv6, 1);
        }

        if (!exclusive)
        {
            LibC.SetOption(fd, SocketOption.ReusePort, 1);
        }

        SysResult result = LibC.Bind(fd, address);
        if (!result.IsError && exclusive)
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
}
