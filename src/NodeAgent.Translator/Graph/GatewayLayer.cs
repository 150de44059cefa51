using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Tracking;
using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Classes and Gateways. Addresses are given out across all Gateways, so these are looked at together; what a single
/// Gateway's spec and references make of it is kept from one time to the next.
/// </summary>
internal sealed class GatewayLayer : TrackedNode
{
    private readonly Dictionary<string, GatewayEntry> _entries = new(StringComparer.Ordinal);

    private Dictionary<string, GatewayNode> _nodes = new(StringComparer.Ordinal);

    public ImmutableArray<GatewayClassNode> Classes { get; private set; } = [];

    /// <inheritdoc cref="Translation.ClassesInUse"/>
    public ImmutableArray<ClassInUse> ClassesInUse { get; private set; } = [];

    /// <summary>Gateway to pool address, to be remembered.</summary>
    public ImmutableSortedDictionary<string, PoolAddresses> Addresses { get; private set; } = ImmutableSortedDictionary<string, PoolAddresses>.Empty;

    /// <summary>Brings all up to date and tells <paramref name="changed"/> of every Gateway that is new, another or gone.</summary>
    /// <param name="dirty">Nodes whose reads changed.</param>
    public void Update(
        ObjectIndex index, Observed observed, AddressSpace space, HashSet<TrackedNode> dirty, Action<string, GatewayNode?> changed)
    {
        List<GatewayEntry> current = index.Track(this, () => List(index));
        var keys = current.Select(e => e.Gateway.Meta.Key).ToHashSet(StringComparer.Ordinal);
        foreach (string gone in _entries.Keys.Where(k => !keys.Contains(k)).ToArray())
        {
            index.Forget(_entries[gone]);
            _entries.Remove(gone);
        }

        foreach (GatewayEntry entry in current)
        {
            if (_entries.TryGetValue(entry.Gateway.Meta.Key, out GatewayEntry? old) && !ReferenceEquals(old, entry))
            {
                index.Forget(old);
            }

            _entries[entry.Gateway.Meta.Key] = entry;
            if (entry.Draft is null || dirty.Contains(entry))
            {
                entry.Draft = index.Track(entry, () => GatewayDraft.Of(entry.Gateway, entry.Class, index));
            }
        }

        ImmutableArray<ClassInUse> used =
        [
            .. current.Select(e => ClassOf(e.Class.Class.Meta.Name)).Distinct()
                .OrderBy(c => c.Group, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal),
        ];
        ClassesInUse = used.SequenceEqual(ClassesInUse) ? ClassesInUse : used;
        Place(current, observed, space, index.InCluster, changed);
    }

    private static ClassInUse ClassOf(string name) => ConvertedNames.Is(name)
        ? new ClassInUse(LegacyObject.ApiGroup, ConvertedNames.Restore(name))
        : new ClassInUse(Groups.Gateway, name);

    /// <summary>Entries of before are kept while Gateway and class are the same.</summary>
    private List<GatewayEntry> List(ObjectIndex index)
    {
        InstalledApi api = InstalledApi.Of(index);
        Dictionary<string, GatewayClassNode> before = Classes.ToDictionary(c => c.Class.Meta.Name, StringComparer.Ordinal);
        Classes =
        [
            .. index.All<GatewayClass>()
                .Where(c => c.ControllerName == GatewayTranslator.ControllerName)
                .Select(c => GatewayClassNode.Of(c, api, index))
                .Select(c => before.TryGetValue(c.Class.Meta.Name, out GatewayClassNode? old) && old.IsSame(c) ? old : c),
        ];
        Dictionary<string, GatewayClassNode> byName = Classes.ToDictionary(c => c.Class.Meta.Name, StringComparer.Ordinal);
        var entries = new List<GatewayEntry>();
        foreach (Gateway gateway in index.All<Gateway>())
        {
            if (byName.TryGetValue(gateway.GatewayClassName, out GatewayClassNode? gatewayClass))
            {
                GatewayEntry? old = _entries.GetValueOrDefault(gateway.Meta.Key);
                bool same = old is not null && ReferenceEquals(old.Gateway, gateway) && ReferenceEquals(old.Class, gatewayClass);
                entries.Add(same ? old! : new GatewayEntry(gateway, gatewayClass));
            }
        }

        return entries;
    }

    private void Place(
        List<GatewayEntry> entries, Observed observed, AddressSpace space, bool inCluster, Action<string, GatewayNode?> changed)
    {
        AddressAssignment assigned = AddressAssignment.Assign(entries.Select(e => e.Draft!.AddressRequest), space, inCluster);
        Addresses = assigned.FromPool;
        ILookup<string, BindFailure> failures = observed.BindFailures.ToLookup(f => f.Gateway, StringComparer.Ordinal);
        var nodes = new Dictionary<string, GatewayNode>(StringComparer.Ordinal);
        foreach (GatewayEntry entry in entries)
        {
            string key = entry.Gateway.Meta.Key;
            AddressAward? award = assigned.Awards.GetValueOrDefault(key);
            ImmutableSortedDictionary<string, string> failed = ByListener(failures[key]);
            GatewayNode? old = _nodes.GetValueOrDefault(key);
            if (old is not null && old.IsOf(entry.Draft!, award, failed))
            {
                nodes[key] = old;
                continue;
            }

            nodes[key] = GatewayNode.Of(entry.Draft!, award, failed);
            changed(key, nodes[key]);
        }

        foreach (string gone in _nodes.Keys.Where(k => !nodes.ContainsKey(k)))
        {
            changed(gone, null);
        }

        _nodes = nodes;
    }

    /// <summary>A listener may have failed on several addresses; all of that is said, in an order of its own.</summary>
    private static ImmutableSortedDictionary<string, string> ByListener(IEnumerable<BindFailure> failures) => failures
        .GroupBy(f => f.Listener, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(
            g => g.Key,
            g => string.Join("; ", g.Select(f => f.Message).Distinct().Order(StringComparer.Ordinal)),
            StringComparer.Ordinal);
}
