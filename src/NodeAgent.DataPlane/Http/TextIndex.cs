using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Numbers distinct (scope, text) pairs 0, 1, 2 ... in the order they are added. Open addressing; the texts are the
/// strings that were added, not copies. Adding is for one thread, finding for any number once adding has ended.
/// </summary>
/// <param name="capacity">How many pairs there will be, about.</param>
internal sealed class TextIndex(bool ignoreCase, int capacity)
{
    /// <summary>Sets the bit that tells ASCII cases apart in each of four characters. Other characters may fold
    /// together too, which costs a comparison and nothing else.</summary>
    private const ulong CaseBits = 0x0020_0020_0020_0020;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // Route authors must not be able to choose texts that collide.
    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private readonly ulong _fold = ignoreCase ? CaseBits : 0;
    private Slot[] _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, capacity + (capacity / 2)))];
    private Entry[] _entries = new Entry[Math.Max(4, capacity)];

    public int Count { get; private set; }

    /// <summary>The number of the pair, which is the old <see cref="Count"/> if it is new.</summary>
    public int Add(int scope, string text)
    {
        uint hash = Hash(scope, text);
        int found = Find(hash, scope, text);
        if (found >= 0)
        {
            return found;
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        if ((Count + 1) * 4 > _slots.Length * 3)
        {
            Grow();
        }

        _entries[Count] = new Entry(text, scope, 0);
        Place(_slots, new Slot(hash, ++Count));
        return Count - 1;
    }

    /// <summary>The number of the pair, or -1.</summary>
    public int Find(int scope, ReadOnlySpan<char> text) => Find(Hash(scope, text), scope, text);

    /// <summary>Where the caller's data for this number starts; it ends where the next number's starts.</summary>
    public (int Start, int End) RangeOf(int number) => (_entries[number].Start, _entries[number + 1].Start);

    /// <summary>Gives back spare room and stores <paramref name="starts"/>, one per number and one past the end.</summary>
    public void Seal(ReadOnlySpan<int> starts)
    {
        Array.Resize(ref _entries, Count + 1);
        for (int i = 0; i < starts.Length; i++)
        {
            _entries[i] = _entries[i] with { Start = starts[i] };
        }
    }

    private static void Place(Slot[] slots, Slot slot)
    {
        int mask = slots.Length - 1;
        int i = (int)slot.Hash & mask;
        while (slots[i].NumberPlusOne != 0)
        {
            i = (i + 1) & mask;
        }

        slots[i] = slot;
    }

    private int Find(uint hash, int scope, ReadOnlySpan<char> text)
    {
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            ref readonly Slot slot = ref slots[i];
            if (slot.NumberPlusOne == 0)
            {
                return -1;
            }

            if (slot.Hash == hash)
            {
                ref readonly Entry entry = ref _entries[slot.NumberPlusOne - 1];
                if (entry.Scope == scope && IsEqual(entry.Text, text))
                {
                    return slot.NumberPlusOne - 1;
                }
            }
        }
    }

    private bool IsEqual(string known, ReadOnlySpan<char> text) =>
        _fold == 0 ? text.SequenceEqual(known) : Ascii.EqualsIgnoreCase(text, known);

    private uint Hash(int scope, ReadOnlySpan<char> text)
    {
        ulong hash = Seed + (((ulong)(uint)scope << 32) | (uint)text.Length);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text);
        if (bytes.Length >= sizeof(ulong))
        {
            // The last step overlaps the one before it instead of handling a shorter rest.
            ReadOnlySpan<byte> last = bytes[^sizeof(ulong)..];
            for (; bytes.Length > sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            {
                hash = Mix(hash, MemoryMarshal.Read<ulong>(bytes));
            }

            hash = Mix(hash, MemoryMarshal.Read<ulong>(last));
        }
        else
        {
            ulong rest = 0;
            foreach (char c in text)
            {
                rest = (rest << 16) | c;
            }

            hash = Mix(hash, rest);
        }

        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>Both halves of the product together: each alone leaves some bits of the input with little effect.</summary>
    private ulong Mix(ulong hash, ulong four)
    {
        ulong high = Math.BigMul(hash ^ (four | _fold), Multiplier, out ulong low);
        return high ^ low;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        foreach (Slot slot in _slots)
        {
            if (slot.NumberPlusOne != 0)
            {
                Place(larger, slot);
            }
        }

        _slots = larger;
    }

    /// <param name="NumberPlusOne">Zero: the slot is free.</param>
    private readonly record struct Slot(uint Hash, int NumberPlusOne);

    private readonly record struct Entry(string Text, int Scope, int Start);
}
