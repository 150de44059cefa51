using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>The calls of UDP sockets.</summary>
internal static unsafe partial class LibC
{
    /// <summary>A non-blocking UDP socket.</summary>
    public static SysResult UdpSocket(bool ipv6)
    {
        const int sockDatagram = 2;
        return Result(socket(ipv6 ? AfInet6 : AfInet, sockDatagram | SockNonBlock | SockCloExec, 0));
    }

    /// <param name="peer">Set to the sender.</param>
    /// <returns>The datagram's length; what does not fit into <paramref name="buffer"/> is lost.</returns>
    public static SysResult ReceiveFrom(int fd, byte* buffer, int length, ref SockAddr peer)
    {
        int addressLength = SockAddr.Capacity;
        nint n;
        fixed (SockAddr* p = &peer)
        {
            do
            {
                n = recvfrom(fd, buffer, (nuint)length, 0, p, &addressLength);
            }
            while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        }

        return Result(n);
    }

    public static SysResult SendTo(int fd, ReadOnlySpan<byte> datagram, in SockAddr peer)
    {
        nint n;
        fixed (byte* bytes = datagram)
        fixed (SockAddr* p = &peer)
        {
            do
            {
                n = sendto(fd, bytes, (nuint)datagram.Length, MsgNoSignal, p, peer.Length);
            }
            while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        }

        return Result(n);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int fd, byte* buffer, nuint length, int flags, void* address, int* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int fd, byte* buffer, nuint length, int flags, void* address, int addressLength);
}
