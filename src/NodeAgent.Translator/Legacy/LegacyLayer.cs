using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Tracking;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy;

/// <summary>
/// All objects of the original API. Comes before everything else of the graph: what they are converted to is put among
/// the objects, and only what may have changed is converted anew.
/// </summary>
internal sealed class LegacyLayer
{
    private const int Stages = 2;

    private readonly Dictionary<(Type, string), LegacyEntry> _entries = [];

    /// <summary>By what an object was converted to, in the words of its status.</summary>
    private readonly Dictionary<(string Kind, string Key), LegacyEntry> _origins = [];

    /// <summary>Routes by the key of a Gateway that has to do with them.</summary>
    private readonly Dictionary<string, HashSet<LegacyEntry>> _routes = new(StringComparer.Ordinal);

    private readonly HashSet<LegacyEntry> _changed = [];

    public LegacyEntry? OriginOf(StatusKey converted) =>
        _origins.GetValueOrDefault((converted.Kind, KeyOf(converted.Namespace, converted.Name)));

    public LegacyEntry? Gateway(string key) => _entries.GetValueOrDefault((typeof(LegacyGateway), key));

    /// <param name="gateway">NS/NAME.</param>
    public IReadOnlyCollection<LegacyEntry> RoutesOf(string gateway) => _routes.GetValueOrDefault(gateway, []);

    /// <summary>Entries that are gone, new or converted anew since the last time.</summary>
    public LegacyEntry[] TakeChanged()
    {
        LegacyEntry[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    public bool Has(LegacyEntry entry) =>
        ReferenceEquals(_entries.GetValueOrDefault((entry.Source.GetType(), entry.Source.Meta.Key)), entry);

    /// <summary>Notes an object that came, changed or went; <paramref name="apply"/> puts a converted one among the objects.</summary>
    public void Enter(ObjectChange change, ObjectIndex index, HashSet<TrackedNode> dirty, Action<ObjectChange> apply)
    {
        ApiObject item = change.After ?? change.Before!;
        (Type, string) id = (item.GetType(), item.Meta.Key);
        if (change.After is LegacyObject after)
        {
            LegacyEntry entry = _entries.TryGetValue(id, out LegacyEntry? known) ? known : _entries[id] = new LegacyEntry(after);
            entry.Source = after;
            dirty.Add(entry);
        }
        else if (_entries.Remove(id, out LegacyEntry? gone))
        {
            index.Forget(gone);
            dirty.Remove(gone);
            Exchange(gone, LegacyConversion.None, apply);
        }
    }

    /// <summary>Converts anew what is dirty: Gateways first, because routes look at what these became.</summary>
    public void Update(ObjectIndex index, HashSet<TrackedNode> dirty, Action<ObjectChange> apply)
    {
        if (_entries.Count == 0)
        {
            return;
        }

        for (int stage = 0; stage < Stages; stage++)
        {
            foreach (LegacyEntry entry in dirty.OfType<LegacyEntry>().Where(e => LegacyFront.StageOf(e.Source) == stage).ToArray())
            {
                Exchange(entry, index.Track(entry, () => LegacyFront.Convert(entry.Source, index)), apply);
            }
        }
    }

    private void Exchange(LegacyEntry entry, LegacyConversion now, Action<ObjectChange> apply)
    {
        LegacyConversion before = entry.Conversion;
        bool same = before.Inputs.SequenceEqual(now.Inputs);
        entry.Conversion = same ? now with { Objects = before.Objects } : now;
        _changed.Add(entry);
        foreach (RouteBinding binding in before.Bindings)
        {
            _routes.GetValueOrDefault(binding.Gateway.Meta.Key)?.Remove(entry);
        }

        foreach (RouteBinding binding in now.Bindings)
        {
            string key = binding.Gateway.Meta.Key;
            (_routes.TryGetValue(key, out HashSet<LegacyEntry>? routes) ? routes : _routes[key] = []).Add(entry);
        }

        if (same)
        {
            return;
        }

        Dictionary<(Type, string), ApiObject> old = before.Objects.ToDictionary(o => (o.GetType(), o.Meta.Key));
        foreach (ApiObject item in now.Objects)
        {
            old.Remove((item.GetType(), item.Meta.Key), out ApiObject? known);
            _origins[(item.Kind, item.Meta.Key)] = entry;
            apply(new ObjectChange(known, item));
        }

        foreach (ApiObject gone in old.Values)
        {
            _origins.Remove((gone.Kind, gone.Meta.Key));
            apply(new ObjectChange(gone, null));
        }
    }

    private static string KeyOf(string ns, string name) => ns.Length == 0 ? name : $"{ns}/{name}";
}
