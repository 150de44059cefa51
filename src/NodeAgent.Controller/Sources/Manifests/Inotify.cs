using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace NodeAgent.Controller.Sources.Manifests;

[Flags]
internal enum InotifyMask : uint
{
    None = 0,
    Attributes = 0x4,
    CloseWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,

    /// <summary>Events were lost.</summary>
    Overflow = 0x4000,

    /// <summary>The watch is gone: removed by us, or its folder was.</summary>
    Ignored = 0x8000,
    OnlyFolder = 0x0100_0000,
    IsFolder = 0x4000_0000,
}

/// <param name="Watch">-1 for <see cref="InotifyMask.Overflow"/>.</param>
/// <param name="Name">Of the file in the watched folder; empty for the folder itself.</param>
internal readonly record struct InotifyEvent(int Watch, InotifyMask Mask, string Name);

/// <summary>
/// inotify(7). FileSystemWatcher does not tell that a writer has closed a file, only that it wrote: whoever reads
/// then, reads halves. Close-write is the moment to read.
/// </summary>
internal sealed partial class Inotify : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int HeaderSize = 16;
    private const int Interrupted = 4;

    private readonly InotifyHandle _handle;
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <exception cref="IOException">The kernel has no instance left for this user.</exception>
    public Inotify()
    {
        int descriptor = InotifyInit(CloseOnExec);
        if (descriptor < 0)
        {
            throw Failed("inotify_init1", "fs.inotify.max_user_instances");
        }

        _handle = new InotifyHandle(descriptor);
    }

    /// <summary>Watching a folder again gives the same number again.</summary>
    /// <returns>The number of the watch; -1 when there is no such folder (any more).</returns>
    /// <exception cref="IOException">The kernel has no watch left for this user.</exception>
    public int TryWatch(string folder, InotifyMask mask)
    {
        const int NoSpace = 28;
        int watch = AddWatch(_handle, folder, (uint)(mask | InotifyMask.OnlyFolder));
        return watch < 0 && Marshal.GetLastPInvokeError() == NoSpace
            ? throw Failed("inotify_add_watch", "fs.inotify.max_user_watches")
            : watch;
    }

    /// <summary>Ends a watch; its last event is <see cref="InotifyMask.Ignored"/>.</summary>
    public void Unwatch(int watch) => _ = RemoveWatch(_handle, watch);

    /// <summary>Blocks until there are events.</summary>
    public List<InotifyEvent> Read()
    {
        nint length;
        do
        {
            length = ReadEvents(_handle, _buffer, _buffer.Length);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if (length < 0)
        {
            throw new IOException($"reading inotify events: {new Win32Exception().Message}");
        }

        return Parse(_buffer.AsSpan(0, (int)length));
    }

    public void Dispose() => _handle.Dispose();

    private static List<InotifyEvent> Parse(ReadOnlySpan<byte> bytes)
    {
        var events = new List<InotifyEvent>();
        while (bytes.Length >= HeaderSize)
        {
            int watch = MemoryMarshal.Read<int>(bytes);
            var mask = (InotifyMask)MemoryMarshal.Read<uint>(bytes[4..]);
            int nameSize = MemoryMarshal.Read<int>(bytes[12..]);
            ReadOnlySpan<byte> name = bytes.Slice(HeaderSize, nameSize);
            int end = name.IndexOf((byte)0);
            events.Add(new InotifyEvent(watch, mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            bytes = bytes[(HeaderSize + nameSize)..];
        }

        return events;
    }

    private static IOException Failed(string call, string limit) =>
        new($"{call}: {new Win32Exception().Message}; the limit is sysctl {limit}");

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(InotifyHandle handle, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatch(InotifyHandle handle, int watch);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadEvents(InotifyHandle handle, [Out] byte[] buffer, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(nint descriptor);

    private sealed class InotifyHandle : SafeHandle
    {
        public InotifyHandle(int descriptor)
            : base(-1, ownsHandle: true) => SetHandle(descriptor);

        public override bool IsInvalid => handle < 0;

        protected override bool ReleaseHandle() => CloseDescriptor(handle) == 0;
    }
}
