using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>Event bits of epoll(7).</summary>
internal static class EpollBits
{
    public const uint In = 0x1;

    /// <summary>Urgent ("out of band") data is there.</summary>
    public const uint Urgent = 0x2;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint ReadHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    /// <summary>How connections are watched: once, edge-triggered, for all they can do.</summary>
    public const uint Connection = In | Out | ReadHangUp | EdgeTriggered;
}

/// <summary>
/// One epoll instance and the buffer it reports into. struct epoll_event is packed to 12 bytes on x86-64 only, so
/// entries are addressed by stride instead of by a struct of ours.
/// </summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Capacity = 512;
    private const int Add = 1;
    private const int Modify = 3;

    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _fd = LibC.EpollCreate().OrThrow("epoll_create1");
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * 16));

    public SysResult Watch(int fd, uint bits, ulong data) => Control(Add, fd, bits, data);

    public SysResult Change(int fd, uint bits, ulong data) => Control(Modify, fd, bits, data);

    /// <returns>How many events <see cref="Event"/> has to tell of.</returns>
    public int Wait(int timeoutMilliseconds) =>
        LibC.EpollWait(_fd, _events, Capacity, timeoutMilliseconds).OrThrow("epoll_wait");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (uint Bits, ulong Data) Event(int index)
    {
        byte* entry = _events + (index * Stride);
        return (*(uint*)entry, Unsafe.ReadUnaligned<ulong>(entry + Stride - sizeof(ulong)));
    }

    public void Dispose()
    {
        LibC.Close(_fd);
        NativeMemory.Free(_events);
    }

    private SysResult Control(int operation, int fd, uint bits, ulong data)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = bits;
        Unsafe.WriteUnaligned(entry + Stride - sizeof(ulong), data);
        return LibC.EpollControl(_fd, operation, fd, entry);
    }
}
