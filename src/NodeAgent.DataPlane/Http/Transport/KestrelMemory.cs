using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections.Features;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>The small buffers that Kestrel itself asks for (4 KiB), kept per thread and shared when one thread has too many.</summary>
internal sealed class KestrelMemory : MemoryPool<byte>, IMemoryPoolFeature
{
    private const int Size = 4096;
    private const int KeptPerThread = 64;

    [ThreadStatic]
    private static Stack<Buffer>? t_kept;

    private static readonly ConcurrentQueue<Buffer> SharedBuffers = new();

    public static new KestrelMemory Shared { get; } = new();

    public override int MaxBufferSize => Size;

    public MemoryPool<byte> MemoryPool => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, Size);
        return (t_kept is not null && t_kept.TryPop(out Buffer? buffer)) || SharedBuffers.TryDequeue(out buffer)
            ? buffer
            : new Buffer();
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Buffer : IMemoryOwner<byte>
    {
        private readonly byte[] _array = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

        public Memory<byte> Memory => _array;

        public void Dispose()
        {
            t_kept ??= new Stack<Buffer>();
            if (t_kept.Count < KeptPerThread)
            {
                t_kept.Push(this);
            }
            else
            {
                SharedBuffers.Enqueue(this);
            }
        }
    }
}
