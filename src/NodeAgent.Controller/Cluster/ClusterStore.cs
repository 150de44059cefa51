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

    private readonly ObjectList _objects = new();

    private readonly ServiceObjects _services;

    private readonly Dictionary<ObjectSlot, RejectedObject> _rejected = [];

    private int _lists;

    public ClusterStore() => _services = new ServiceObjects(_objects, TableOf(Groups.Core, "Service"));

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
                return _objects.Items;
            }
        }
    }

    /// <summary>How many Services and EndpointSlices there are that translation does not read.</summary>
    internal int Packed
    {
        get
        {
            lock (_lock)
            {
                return _services.Packed;
            }
        }
    }

    /// <summary>Grows with everything that is new for translation, problems among it.</summary>
    internal long Version => _objects.Version;

    /// <summary>One line for each thing wrong with an object.</summary>
    internal ImmutableArray<Problem> Problems
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _rejected.SelectMany(r => r.Value.Problems.Select(p => Problem.Of("", 0, r.Value.Key.ToString(), p)))
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
                changed = Reject(kind, slot, decoded.Problems);
                if (decoded.Decoded is ApiObject next)
                {
                    changed |= Take(kind, slot, next);
                }
            }

            slot.Stored = stored is null ? null : stored with { Problems = ProblemsOf(slot) };
        }

        if (told is not null)
        {
            Changed?.Invoke(told);
        }

        return changed;
    }

    /// <returns>Whether that is new for translation.</returns>
    internal bool Remove(ClusterKind kind, string ns, string name)
    {
        ObjectSlot? gone;
        bool changed;
        lock (_lock)
        {
            gone = TableOf(kind.Group, kind.Kind).Remove(ns, name);
            if (gone is null)
            {
                return false;
            }

            changed = gone.Object is not null;
            changed |= Reject(kind, gone, []);
            if (kind.ByService)
            {
                _services.Remove(gone);
            }
            else
            {
                _objects.Withdraw(gone);
            }
        }

        if (gone.Stored is not null)
        {
            Changed?.Invoke(gone.Stored.Key);
        }

        return changed;
    }

    /// <summary>
    /// Services that were not wanted, but are given out because a route names them: since the last call. From now on it is
    /// up to the caller to <see cref="Unwant"/> them.
    /// </summary>
    internal ImmutableArray<(string Namespace, string Name)> TakeExpected()
    {
        lock (_lock)
        {
            return _services.TakeExpected();
        }
    }

    /// <summary>From now on translation reads these Services, should they exist, and their EndpointSlices.</summary>
    /// <returns>Those of them that were perhaps not given out before the last <see cref="TakeExpected"/>, and are from now on.</returns>
    internal ImmutableArray<ApiObject> Want(IEnumerable<(string Namespace, string Name)> services)
    {
        lock (_lock)
        {
            return _services.Want(services);
        }
    }

    /// <summary>Translation does not read these any more.</summary>
    internal void Unwant(IEnumerable<(string Namespace, string Name)> services)
    {
        lock (_lock)
        {
            _services.Unwant(services);
        }
    }

    /// <summary>Removes the objects of a kind that were not seen in a list.</summary>
    /// <param name="isListed">Which objects the list would have had.</param>
    /// <returns>Whether that is new for translation.</returns>
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

        bool changed = false;
        foreach ((string ns, string name) in gone)
        {
            changed |= Remove(kind, ns, name);
        }

        return changed;
    }

    private ImmutableArray<FieldProblem> ProblemsOf(ObjectSlot slot) => _rejected.TryGetValue(slot, out RejectedObject? known) ? known.Problems : [];

    /// <returns>Whether the problems are others than before.</returns>
    private bool Reject(ClusterKind kind, ObjectSlot slot, ImmutableArray<FieldProblem> problems)
    {
        if (problems.SequenceEqual(ProblemsOf(slot)))
        {
            return false;
        }

        _objects.Advance();
        _rejected.Remove(slot);
        if (!problems.IsEmpty)
        {
            _rejected.Add(slot, new RejectedObject(new StoredKey(kind.Group, kind.Kind, slot.Namespace, slot.Name), problems));
        }

        return true;
    }

    /// <returns>Whether that is new for translation.</returns>
    private bool Take(ClusterKind kind, ObjectSlot slot, ApiObject next)
    {
        if (kind.ByService)
        {
            return _services.Take(slot, next);
        }

        if (next is RouteObject route)
        {
            _services.Expect(route);
        }

        _objects.Show(slot, next);
        return true;
    }

    private ObjectTable TableOf(string group, string kind)
    {
        if (!_tables.TryGetValue((group, kind), out ObjectTable? table))
        {
            _tables[(group, kind)] = table = new ObjectTable();
        }

        return table;
    }

    private sealed record RejectedObject(StoredKey Key, ImmutableArray<FieldProblem> Problems);
}
