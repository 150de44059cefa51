using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Graph.Tracking;

namespace NodeAgent.Translator.Graph;

/// <summary>A target that something in the snapshot refers to.</summary>
internal sealed class TargetEntry(SnapshotTarget target) : TrackedNode
{
    public SnapshotTarget Target { get; } = target;

    /// <summary>How many refer to it.</summary>
    public int References { get; set; }

    public bool Built { get; set; }

    /// <summary>Waits to be built or dropped.</summary>
    public bool Pending { get; set; }

    public Resource? Resource { get; set; }

    public ImmutableArray<SnapshotTarget> Needs { get; set; } = [];
}

/// <summary>All targets in the snapshot, each as long as something refers to it.</summary>
internal sealed class TargetTable
{
    private readonly Dictionary<string, TargetEntry> _entries = new(StringComparer.Ordinal);

    private readonly Stack<TargetEntry> _pending = [];

    /// <summary>Exchanges what one referrer refers to.</summary>
    public void Refer(ImmutableArray<SnapshotTarget> before, ImmutableArray<SnapshotTarget> after)
    {
        foreach (SnapshotTarget target in after)
        {
            if (!_entries.TryGetValue(target.Id, out TargetEntry? entry))
            {
                _entries[target.Id] = entry = new TargetEntry(target);
            }

            entry.References++;
            if (!entry.Built)
            {
                Await(entry);
            }
        }

        foreach (SnapshotTarget target in before)
        {
            TargetEntry entry = _entries[target.Id];
            entry.References--;
            if (entry.References == 0)
            {
                Await(entry);
            }
        }
    }

    /// <summary>Builds what is new or dirty, drops what nothing refers to any more, and tells of each resource that changed.</summary>
    public void Update(ObjectIndex index, HashSet<TrackedNode> dirty, Action<string, Resource?> changed)
    {
        foreach (TargetEntry entry in dirty.OfType<TargetEntry>())
        {
            Await(entry);
        }

        while (_pending.TryPop(out TargetEntry? entry))
        {
            entry.Pending = false;
            if (entry.References > 0)
            {
                Build(entry, index, changed);
            }
            else if (_entries.Remove(entry.Target.Id))
            {
                index.Forget(entry);
                Refer(entry.Needs, []);
                if (entry.Resource is not null)
                {
                    changed(entry.Target.Id, null);
                }
            }
        }
    }

    private void Await(TargetEntry entry)
    {
        if (!entry.Pending)
        {
            entry.Pending = true;
            _pending.Push(entry);
        }
    }

    private void Build(TargetEntry entry, ObjectIndex index, Action<string, Resource?> changed)
    {
        TargetResult result = index.Track(entry, () => entry.Target.Build(index));
        ImmutableArray<SnapshotTarget> needs = result.Needs.IsDefault ? [] : result.Needs;
        Refer(entry.Needs, needs);
        (entry.Needs, entry.Built) = (needs, true);
        if (!Equals(entry.Resource, result.Resource))
        {
            entry.Resource = result.Resource;
            changed(entry.Target.Id, result.Resource);
        }
    }
}
