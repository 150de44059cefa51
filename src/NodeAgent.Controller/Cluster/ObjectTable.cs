namespace NodeAgent.Controller.Cluster;

/// <summary>The objects of one kind. Guarded by the store's lock.</summary>
internal sealed class ObjectTable
{
    private readonly Dictionary<(string Namespace, string Name), ObjectSlot> _slots = [];

    public Dictionary<(string, string), ObjectSlot>.ValueCollection Slots => _slots.Values;

    public ObjectSlot? Find(string ns, string name) => _slots.GetValueOrDefault((ns, name));

    public ObjectSlot GetOrAdd(string ns, string name)
    {
        if (!_slots.TryGetValue((ns, name), out ObjectSlot? slot))
        {
            _slots[(ns, name)] = slot = new ObjectSlot(ns, name);
        }

        return slot;
    }

    public ObjectSlot? Remove(string ns, string name) => _slots.Remove((ns, name), out ObjectSlot? slot) ? slot : null;
}
