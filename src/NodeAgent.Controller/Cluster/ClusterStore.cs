using System.Collections.Immutable;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// All objects of a cluster that matter here, as its API server last told of them. Safe for any thread: one lock, held
/// for a look-up or one change; what it gives out is immutable.
/// </summary>
public sealed class ClusterStore
{
    private readonly Lock _lock = new();

    private readonly Dictionary<(string Group, string Kind), ObjectTable> _tables = [];

    /// <summary>Null where an object has gone; the next one to come takes the place, so that all others keep theirs.</summary>
    private readonly List<ApiObject?> _objects = [];

    private readonly Stack<int> _free = new();

    private readonly Dictionary<ObjectSlot, StoredKey> _rejected = [];

    private ImmutableArray<ApiObject> _list = [];

    private bool _listIsOld;

    private long _version;

    private int _lists;

    /// <summary>
    /// An object that can be found here came, changed (be it only in its status) or went. Raised on the thread of its
    /// watch, after the store has it.
    /// </summary>
    public event Action<StoredKey>? Changed;

    /// <summary>Null where there is no such object, or none that is kept for writers.</summary>
    public StoredObject? Find(string group, string kind, string ns, string name)
    {
        lock (_lock)
        {
            return TableOf(group, kind).Find(ns, name)?.Stored;
        }
    }

    /// <summary>All of a kind that <see cref="Find"/> finds, in no order.</summary>
    public ImmutableArray<StoredObject> All(string group, string kind)
    {
        lock (_lock)
        {
            return [.. TableOf(group, kind).Slots.Select(s => s.Stored).OfType<StoredObject>()];
        }
    }

    /// <summary>Objects that cannot be read as they are; see <see cref="StoredObject.Problems"/>.</summary>
    public ImmutableArray<StoredObject> Rejected
    {
        get
        {
            lock (_lock)
            {
                return [.. _rejected.Keys.Select(s => s.Stored).OfType<StoredObject>()];
            }
        }
    }

    /// <summary>How many objects of each kind there are, those that cannot be read among them; kinds without any are left out.</summary>
    public ImmutableArray<(string Group, string Kind, int Count)> Counts
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _tables.Where(t => t.Value.Slots.Count > 0).Select(t => (t.Key.Group, t.Key.Kind, t.Value.Slots.Count))
                        .OrderBy(c => c.Group, StringComparer.Ordinal).ThenBy(c => c.Kind, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>What translation reads, in an order in which each object keeps its place. The same array as before where nothing changed.</summary>
    internal ImmutableArray<ApiObject> Objects
    {
        get
        {
            lock (_lock)
            {
                if (_listIsOld)
                {
                    _list = [.. _objects.OfType<ApiObject>()];
                    _listIsOld = false;
                }

                return _list;
            }
        }
    }

    /// <summary>Grows with everything that is new for translation, problems among it.</summary>
    internal long Version => Interlocked.Read(ref _version);

    /// <summary>One line for each thing wrong with an object.</summary>
    internal ImmutableArray<Problem> Problems
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _rejected.SelectMany(r => r.Key.Problems.Select(p => Problem.Of("", 0, r.Value.ToString(), p)))
                        .OrderBy(p => p.Subject, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>A number for one more list, by which what it has is told from what it has not.</summary>
    internal int NextList() => Interlocked.Increment(ref _lists);

    /// <summary>Whether an object came with this hash the last time, and notes that it is seen in a list.</summary>
    internal bool Knows(ClusterKind kind, string ns, string name, UInt128 hash, int seen)
    {
        lock (_lock)
        {
            if (TableOf(kind.Group, kind.Kind).Find(ns, name) is not ObjectSlot slot)
            {
                return false;
            }

            slot.SeeIn(seen);
            return slot.Hash == hash;
        }
    }

    /// <summary>Whether writers are told just this of an object.</summary>
    internal bool Holds(StoredObject stored)
    {
        lock (_lock)
        {
            return TableOf(stored.Resource.Group, stored.Resource.Kind).Find(stored.Namespace, stored.Name)?.Stored is StoredObject known
                && known.ResourceVersion == stored.ResourceVersion && known.Resource == stored.Resource;
        }
    }

    /// <summary>Takes what an object is now.</summary>
    /// <param name="decoded">Null when it is as it was for translation, whose hash is known.</param>
    /// <param name="stored">Null for kinds that nobody writes to.</param>
    /// <returns>Whether translation has something new to read.</returns>
    internal bool Put(ClusterKind kind, string ns, string name, UInt128 hash, int seen, DecodeResult? decoded, StoredObject? stored)
    {
        bool changed = false;
        StoredKey? told;
        lock (_lock)
        {
            ObjectSlot slot = TableOf(kind.Group, kind.Kind).GetOrAdd(ns, name);

            // What says no longer that we manage it is gone for writers.
            told = (stored ?? slot.Stored)?.Key;
            slot.Hash = hash;
            slot.SeeIn(seen);
            if (decoded is not null)
            {
                _version++;
                changed = slot.Object is null || decoded.Decoded is not null || !decoded.Problems.SequenceEqual(slot.Problems);
                Take(slot, decoded.Decoded);
                slot.Problems = decoded.Problems;
                _rejected.Remove(slot);
                if (!slot.Problems.IsEmpty)
                {
                    _rejected.Add(slot, new StoredKey(kind.Group, kind.Kind, ns, name));
                }
            }

            slot.Stored = stored is null ? null : stored with { Problems = slot.Problems };
        }

        if (told is not null)
        {
            Changed?.Invoke(told);
        }

        return changed;
    }

    /// <returns>Whether there was such an object.</returns>
    internal bool Remove(ClusterKind kind, string ns, string name)
    {
        ObjectSlot? gone;
        lock (_lock)
        {
            gone = TableOf(kind.Group, kind.Kind).Remove(ns, name);
            if (gone is null)
            {
                return false;
            }

            _version++;
            _rejected.Remove(gone);
            if (gone.Place >= 0)
            {
                _objects[gone.Place] = null;
                _free.Push(gone.Place);
                _listIsOld = true;
            }
        }

        if (gone.Stored is not null)
        {
            Changed?.Invoke(gone.Stored.Key);
        }

        return true;
    }

    /// <summary>Removes the objects of a kind that were not seen in a list.</summary>
    /// <param name="isListed">Which objects the list would have had.</param>
    /// <returns>Whether there were any.</returns>
    internal bool RemoveUnseen(ClusterKind kind, int seen, Func<string, string, bool> isListed)
    {
        (string Namespace, string Name)[] gone;
        lock (_lock)
        {
            gone =
            [
                .. TableOf(kind.Group, kind.Kind).Slots.Where(s => s.Seen < seen && isListed(s.Namespace, s.Name))
                    .Select(s => (s.Namespace, s.Name)),
            ];
        }

        foreach ((string ns, string name) in gone)
        {
            Remove(kind, ns, name);
        }

        return gone.Length > 0;
    }

    private void Take(ObjectSlot slot, ApiObject? next)
    {
        if (next is null)
        {
            return;
        }

        if (slot.Place < 0)
        {
            slot.Place = _free.TryPop(out int free) ? free : _objects.Count;
            if (slot.Place == _objects.Count)
            {
                _objects.Add(null);
            }
        }

        slot.Object = next;
        _objects[slot.Place] = next;
        _listIsOld = true;
    }

    private ObjectTable TableOf(string group, string kind)
    {
        if (!_tables.TryGetValue((group, kind), out ObjectTable? table))
        {
            _tables[(group, kind)] = table = new ObjectTable();
        }

        return table;
    }

    private sealed class ObjectTable
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
}
