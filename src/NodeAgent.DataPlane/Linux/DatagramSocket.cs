using System.Net;

namespace NodeAgent.DataPlane.Linux;

/// <summary>The UDP sockets of one address:port, one for each worker, sharing its datagrams by SO_REUSEPORT.</summary>
internal static class DatagramSocket
{
    /// <summary>
    /// Binds <paramref name="count"/> times. All or nothing: on failure no socket is left open. As with <see cref="ListenSocket"/> the
    /// first bind is exclusive, or we would silently share the traffic of another process of the same user.
    /// </summary>
    public static SysResult Open(IPEndPoint endPoint, int count, out int[] sockets)
    {
        sockets = new int[count];
        Array.Fill(sockets, -1);
        for (int i = 0; i < count; i++)
        {
            SysResult opened = OpenOne(new SockAddr(endPoint), exclusive: i == 0, out sockets[i]);
            if (opened.IsError)
            {
                ListenSocket.CloseAll(sockets);
                sockets = [];
                return opened;
            }
        }

        return new SysResult(count);
    }

    private static SysResult OpenOne(in SockAddr address, bool exclusive, out int fd)
    {
        SysResult made = LibC.UdpSocket(address.IsIPv6);
        fd = made.IsError ? -1 : made.Value;
        if (made.IsError)
        {
            return made;
        }

        if (address.IsIPv6)
        {
            LibC.SetOption(fd, SocketOption.IPv6Only, 1);
            LibC.SetOption(fd, SocketOption.FreeBindIPv6, 1); // a local route alone does not let IPv6 bind to a VIP
        }

        SysResult result = exclusive ? LibC.Bind(fd, address) : LibC.SetOption(fd, SocketOption.ReusePort, 1);
        if (!result.IsError)
        {
            result = exclusive ? LibC.SetOption(fd, SocketOption.ReusePort, 1) : LibC.Bind(fd, address);
        }

        if (result.IsError)
        {
            LibC.Close(fd);
            fd = -1;
        }

        return result;
    }
}
