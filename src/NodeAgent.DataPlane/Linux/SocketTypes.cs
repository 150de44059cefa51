using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

internal enum SocketOption
{
    ReuseAddress,
    ReusePort,
    NoDelay,
    IPv6Only,
    FreeBindIPv6,

    /// <summary>TCP_REPAIR; takes CAP_NET_ADMIN.</summary>
    Repair,
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct msghdr, as much of it as a connected socket needs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MsgHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
