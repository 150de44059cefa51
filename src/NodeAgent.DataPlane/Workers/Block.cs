using System.Buffers;

namespace NodeAgent.DataPlane.Workers;

/// <summary>A pooled buffer that is its own segment of a sequence, so chaining buffers allocates nothing.</summary>
internal sealed class Block : ReadOnlySequenceSegment<byte>, IMemoryOwner<byte>
{
    private readonly BlockPool? _pool;
    private readonly byte[] _array;

    public Block(BlockPool? pool, int size)
    {
        _pool = pool;
        _array = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        base.Memory = _array;
    }

    /// <summary>The whole buffer, whatever of it is filled.</summary>
    Memory<byte> IMemoryOwner<byte>.Memory => _array;

    public byte[] Array => _array;

    /// <summary>The first byte not yet consumed.</summary>
    public int Start { get; set; }

    /// <summary>One past the last filled byte.</summary>
    public int End { get; set; }

    public Block? NextBlock => (Block?)Next;

    public Span<byte> Free => _array.AsSpan(End);

    public ReadOnlySpan<byte> Filled => _array.AsSpan(Start, End - Start);

    public void Append(Block next)
    {
        // What is free in a block that is no longer the last one is no part of the sequence.
        Memory = _array.AsMemory(0, End);
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }

    public void Dispose()
    {
        Next = null;
        Memory = _array;
        RunningIndex = 0;
        Start = End = 0;
        _pool?.Return(this);
    }
}
