using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>Opening files so that no name leads out of its folder.</summary>
internal static unsafe partial class LibC
{
    private const int OpenAt2 = 437; // the same on all architectures
    private const int WorkingDirectory = -100;
    private const ulong ReadNonBlockCloExec = 0x800 | 0x80000;
    private const ulong PathOnlyCloExec = 0x200000 | 0x80000;
    private const ulong NoMagicLinks = 2;
    private const ulong Beneath = 8;

    /// <summary>A handle of a folder that is only good for opening what is in it.</summary>
    public static SysResult OpenFolder(string path) => Open(WorkingDirectory, path, PathOnlyCloExec, 0);

    /// <summary>The same below <paramref name="folder"/>: links and ".." that lead out of it end in EXDEV.</summary>
    public static SysResult OpenFolderBeneath(int folder, string path) => Open(folder, path, PathOnlyCloExec, Beneath | NoMagicLinks);

    /// <summary>Opens a file below <paramref name="folder"/> for reading. Never waits for the other end of a FIFO.</summary>
    public static SysResult OpenFileBeneath(int folder, string path) => Open(folder, path, ReadNonBlockCloExec, Beneath | NoMagicLinks);

    private static SysResult Open(int folder, string path, ulong flags, ulong resolve)
    {
        OpenHow how = new() { Flags = flags, Resolve = resolve };
        nint n;
        do
        {
            n = syscall(OpenAt2, folder, path, &how, (nuint)sizeof(OpenHow));
        }
        while (n < 0 && Marshal.GetLastPInvokeError() == Errno.Intr);
        return Result(n);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall(nint number, nint folder, string path, OpenHow* how, nuint size);

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
