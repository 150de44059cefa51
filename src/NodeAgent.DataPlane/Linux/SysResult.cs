using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>What a system call returned: its value, or an errno. Data paths branch on it; only set-up throws.</summary>
internal readonly struct SysResult(nint raw)
{
    public static SysResult FromErrno(int errno) => new(-errno);

    public bool IsError => raw < 0;

    /// <summary>The call would have blocked.</summary>
    public bool IsAgain => raw == -Linux.Errno.Again;

    /// <summary>A byte count or descriptor; meaningless on error.</summary>
    public int Value => (int)raw;

    /// <summary>Positive on error, else 0.</summary>
    public int Errno => raw < 0 ? (int)-raw : 0;

    /// <exception cref="SysException">The call failed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int OrThrow(string what) => raw < 0 ? throw new SysException(what, Errno) : (int)raw;
}

/// <summary>A system call failed where that means broken set-up or a bug.</summary>
internal sealed class SysException(string what, int errno) : IOException($"{what}: {Linux.Errno.Describe(errno)}")
{
    public int Errno => errno;
}
