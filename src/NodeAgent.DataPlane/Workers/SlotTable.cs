using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// Who an epoll event is for. An event carries slot and generation: an event of a closed connection that is still in the
/// same batch finds another generation and is dropped, even when its slot or descriptor is in use again.
/// </summary>
internal sealed class SlotTable
{
    private Slot[] _slots = new Slot[1024];
    private int _free = -1;
    private int _used;

    public ulong Add(Pollable owner, byte tag)
    {
        int index = _free;
        if (index >= 0)
        {
            _free = _slots[index].NextFree;
        }
        else
        {
            index = _used++;
            if (index == _slots.Length)
            {
                Array.Resize(ref _slots, index * 2);
            }
        }

        ref Slot slot = ref _slots[index];
        slot.Owner = owner;
        slot.Tag = tag;
        return ((ulong)slot.Generation << 32) | (uint)index;
    }

    public void Remove(ulong handle)
    {
        ref Slot slot = ref _slots[(int)(uint)handle];
        if (slot.Generation == (uint)(handle >> 32))
        {
            slot.Owner = null;
            slot.Generation++;
            slot.NextFree = _free;
            _free = (int)(uint)handle;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pollable? Find(ulong handle, out byte tag)
    {
        ref Slot slot = ref _slots[(int)(uint)handle];
        tag = slot.Tag;
        return slot.Generation == (uint)(handle >> 32) ? slot.Owner : null;
    }

    private struct Slot
    {
        public Pollable? Owner;
        public uint Generation;
        public int NextFree;
        public byte Tag;
    }
}
