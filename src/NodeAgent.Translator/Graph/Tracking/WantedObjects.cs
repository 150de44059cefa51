using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Tracking;

/// <summary>The objects of some kinds that somebody reads by name, kept as reads come and go.</summary>
/// <param name="kindOf">Null for records of kinds that are not listed.</param>
internal sealed class WantedObjects(Func<Type, string?> kindOf)
{
    private static readonly Comparer<WantedObject> ByName = Comparer<WantedObject>.Create((a, b) =>
    {
        int order = string.CompareOrdinal(a.Kind, b.Kind);
        order = order != 0 ? order : string.CompareOrdinal(a.Namespace, b.Namespace);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    });

    private readonly SortedOutput<WantedObject, WantedObject> _list = new(w => w, ByName);

    private readonly HashSet<WantedObject> _listed = [];

    /// <summary>The last word of each since the list was taken: a node that is computed anew lets go before another takes hold.</summary>
    private readonly Dictionary<WantedObject, bool> _changes = [];

    /// <param name="wanted">Whether it has got its first reader, or lost its last.</param>
    public void Change(ReadKey read, bool wanted)
    {
        if (read.Shape == ReadShape.One
            && kindOf(read.Kind) is string kind)
        {
            int slash = read.What.IndexOf('/', StringComparison.Ordinal);
            _changes[new WantedObject(kind, slash < 0 ? "" : read.What[..slash], read.What[(slash + 1)..])] = wanted;
        }
    }

    /// <summary>The same list as the last time when nothing is wanted more or less.</summary>
    public ImmutableArray<WantedObject> Take()
    {
        foreach ((WantedObject item, bool wanted) in _changes)
        {
            if (wanted ? _listed.Add(item) : _listed.Remove(item))
            {
                _list.Set(item, wanted ? item : null);
            }
        }

        _changes.Clear();
        return _list.Take();
    }
}
