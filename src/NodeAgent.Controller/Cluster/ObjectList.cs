using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>What translation reads, in an order in which each object keeps its place. Guarded by the store's lock.</summary>
internal sealed class ObjectList
{
    /// <summary>Null where an object has gone; the next one to come takes the place, so that all others keep theirs.</summary>
    private readonly List<ApiObject?> _places = [];

    private readonly Stack<int> _free = new();

    private ImmutableArray<ApiObject> _items = [];

    private bool _itemsAreOld;

    private long _version;

    /// <summary>The same array as before where nothing changed.</summary>
    public ImmutableArray<ApiObject> Items
    {
        get
        {
            if (_itemsAreOld)
            {
                _items = [.. _places.OfType<ApiObject>()];
                _itemsAreOld = false;
            }

            return _items;
        }
    }

    /// <summary>Grows with everything that is new for translation. For any thread.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Something beside the objects is new.</summary>
    public void Advance() => Interlocked.Increment(ref _version);

    /// <summary>Puts in what the slot holds from now on.</summary>
    public void Show(ObjectSlot slot, ApiObject item)
    {
        if (slot.Place < 0)
        {
            slot.Place = _free.TryPop(out int free) ? free : _places.Count;
            if (slot.Place == _places.Count)
            {
                _places.Add(null);
            }
        }

        slot.Object = item;
        Set(slot.Place, item);
    }

    /// <summary>Takes out what the slot held, if it did.</summary>
    public void Withdraw(ObjectSlot slot)
    {
        if (slot.Place >= 0)
        {
            Set(slot.Place, null);
            _free.Push(slot.Place);
            slot.Place = -1;
        }
    }

    private void Set(int place, ApiObject? item)
    {
        _places[place] = item;
        _itemsAreOld = true;
        Advance();
    }
}
