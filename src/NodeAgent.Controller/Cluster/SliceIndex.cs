namespace NodeAgent.Controller.Cluster;

/// <summary>
/// EndpointSlices by their Service, whether it is there or not. It knows only hashes of names, since the slices know the
/// names already: so each costs a few bytes more.
/// </summary>
internal sealed class SliceIndex
{
    private readonly Dictionary<int, ObjectSlot> _first = [];

    public void Add(ObjectSlot slice, string service)
    {
        int hash = HashCode.Combine(slice.Namespace, service);
        slice.Next = _first.GetValueOrDefault(hash);
        _first[hash] = slice;
    }

    /// <param name="service">With which it was added.</param>
    public void Remove(ObjectSlot slice, string service)
    {
        int hash = HashCode.Combine(slice.Namespace, service);
        ObjectSlot first = _first[hash];
        if (ReferenceEquals(first, slice))
        {
            _ = slice.Next is null ? _first.Remove(hash) : (_first[hash] = slice.Next) is not null;
        }
        else
        {
            while (!ReferenceEquals(first.Next, slice))
            {
                first = first.Next!;
            }

            first.Next = slice.Next;
        }

        slice.Next = null;
    }

    public IEnumerable<ObjectSlot> Of(string ns, string service)
    {
        for (ObjectSlot? slot = _first.GetValueOrDefault(HashCode.Combine(ns, service)); slot is not null; slot = slot.Next)
        {
            if (slot.Namespace == ns && slot.Service == service)
            {
                yield return slot;
            }
        }
    }
}
