using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Tracking;

/// <summary>The objects of one kind, by key and by link.</summary>
internal sealed class KindTable
{
    private static readonly Comparer<ApiObject> ByKey = Comparer<ApiObject>.Create((a, b) =>
    {
        int order = string.CompareOrdinal(a.Meta.Namespace, b.Meta.Namespace);
        return order != 0 ? order : string.CompareOrdinal(a.Meta.Name, b.Meta.Name);
    });

    private readonly Dictionary<string, ApiObject> _byKey = new(StringComparer.Ordinal);

    /// <summary>Lists in key order; replaced, never changed, because callers hold on to them.</summary>
    private readonly Dictionary<string, ImmutableArray<ApiObject>> _byLink = new(StringComparer.Ordinal);

    private ImmutableArray<ApiObject> _sorted;

    public ApiObject? Find(string key) => _byKey.GetValueOrDefault(key);

    public ImmutableArray<ApiObject> Linked(string link) => _byLink.GetValueOrDefault(link, []);

    public ImmutableArray<ApiObject> All()
    {
        if (_sorted.IsDefault)
        {
            _sorted = [.. _byKey.Values.Order(ByKey)];
        }

        return _sorted;
    }

    public void Put(ApiObject item)
    {
        _byKey[item.Meta.Key] = item;
        _sorted = default;
        foreach (string link in item.Links)
        {
            ImmutableArray<ApiObject> list = Linked(link);
            int place = list.BinarySearch(item, ByKey);
            _byLink[link] = place >= 0 ? list.SetItem(place, item) : list.Insert(~place, item);
        }
    }

    public void Remove(ApiObject item)
    {
        _byKey.Remove(item.Meta.Key);
        _sorted = default;
        foreach (string link in item.Links)
        {
            ImmutableArray<ApiObject> list = Linked(link);
            int place = list.BinarySearch(item, ByKey);
            if (place < 0)
            {
                continue;
            }

            if (list.Length == 1)
            {
                _byLink.Remove(link);
            }
            else
            {
                _byLink[link] = list.RemoveAt(place);
            }
        }
    }
}
