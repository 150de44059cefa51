using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Tracking;

/// <summary>Who read what: the way back from a changed thing to the nodes that must be computed anew.</summary>
internal sealed class Dependents
{
    /// <summary>
    /// A node, or a set of nodes where several read the same: most things are read by one route only, and a set for
    /// each would cost more than the route.
    /// </summary>
    private readonly Dictionary<ReadKey, object> _readers = [];

    private readonly WantedObjects _wanted = new(type =>
        type == typeof(Secret) ? "Secret"
        : type == typeof(ConfigMap) ? "ConfigMap"
        : type == typeof(Pod) ? "Pod"
        : type == typeof(StatefulSet) ? "StatefulSet"
        : type == typeof(Node) ? "Node"
        : null);

    private readonly WantedObjects _services = new(type => type == typeof(Service) ? "Service" : null);

    /// <inheritdoc cref="Translation.Wanted"/>
    public ImmutableArray<WantedObject> Wanted => _wanted.Take();

    /// <inheritdoc cref="Translation.Services"/>
    public ImmutableArray<WantedObject> Services => _services.Take();

    /// <summary>Replaces what <paramref name="node"/> is known to have read.</summary>
    public void Register(TrackedNode node, HashSet<ReadKey> reads)
    {
        if (node.Reads.Length == reads.Count && Array.TrueForAll(node.Reads, reads.Contains))
        {
            return;
        }

        foreach (ReadKey old in node.Reads)
        {
            if (!reads.Contains(old))
            {
                Remove(old, node);
            }
        }

        foreach (ReadKey read in reads)
        {
            Add(read, node);
        }

        node.Reads = [.. reads];
    }

    public void Forget(TrackedNode node)
    {
        foreach (ReadKey read in node.Reads)
        {
            Remove(read, node);
        }

        node.Reads = [];
    }

    public void CollectReaders(ReadKey key, HashSet<TrackedNode> into)
    {
        switch (_readers.GetValueOrDefault(key))
        {
            case TrackedNode one:
                into.Add(one);
                break;
            case HashSet<TrackedNode> many:
                into.UnionWith(many);
                break;
        }
    }

    private void Add(ReadKey read, TrackedNode node)
    {
        if (!_readers.TryGetValue(read, out object? readers))
        {
            _readers[read] = node;
            Change(read, wanted: true);
        }
        else if (readers is HashSet<TrackedNode> many)
        {
            many.Add(node);
        }
        else if (!ReferenceEquals(readers, node))
        {
            _readers[read] = new HashSet<TrackedNode> { (TrackedNode)readers, node };
        }
    }

    private void Remove(ReadKey read, TrackedNode node)
    {
        if (!_readers.TryGetValue(read, out object? readers))
        {
            return;
        }

        if (readers is HashSet<TrackedNode> many)
        {
            many.Remove(node);
            if (many.Count == 0)
            {
                _readers.Remove(read);
                Change(read, wanted: false);
            }
        }
        else if (ReferenceEquals(readers, node))
        {
            _readers.Remove(read);
            Change(read, wanted: false);
        }
    }

    private void Change(ReadKey read, bool wanted)
    {
        _wanted.Change(read, wanted);
        _services.Change(read, wanted);
    }
}
