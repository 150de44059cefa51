using System.Collections.Immutable;

namespace NodeAgent.Translator;

/// <summary>A sorted list that is handed out and then exchanged for one with some entries changed, at the cost of one copy.</summary>
internal sealed class SortedOutput<TKey, T>(Func<T, TKey> keyOf, IComparer<TKey> order)
    where TKey : notnull
    where T : class
{
    private readonly Dictionary<TKey, T?> _pending = [];

    private ImmutableArray<T> _items = [];

    /// <param name="item">Null to take the entry out.</param>
    public void Set(TKey key, T? item) => _pending[key] = item;

    /// <summary>The same list as the last time when nothing was set since.</summary>
    public ImmutableArray<T> Take()
    {
        if (_pending.Count == 0)
        {
            return _items;
        }

        KeyValuePair<TKey, T?>[] changes = [.. _pending];
        _pending.Clear();
        Array.Sort(changes, (a, b) => order.Compare(a.Key, b.Key));
        var merged = ImmutableArray.CreateBuilder<T>(_items.Length + changes.Length);
        int from = 0;
        foreach ((TKey key, T? item) in changes)
        {
            int place = PlaceOf(key, from, out bool found);
            merged.AddRange(_items.AsSpan(from, place - from));
            if (item is not null)
            {
                merged.Add(item);
            }

            from = found ? place + 1 : place;
        }

        merged.AddRange(_items.AsSpan(from, _items.Length - from));
        return _items = merged.DrainToImmutable();
    }

    /// <summary>Where <paramref name="key"/> is or belongs, not before <paramref name="from"/>.</summary>
    private int PlaceOf(TKey key, int from, out bool found)
    {
        int low = from;
        int high = _items.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int comparison = order.Compare(keyOf(_items[middle]), key);
            if (comparison == 0)
            {
                found = true;
                return middle;
            }

            if (comparison < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        found = false;
        return low;
    }
}
