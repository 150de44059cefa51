using System.Collections.Immutable;

namespace NodeAgent.TestCluster.Storage;

/// <summary>The objects of one resource and its latest changes. Only the store touches it, under its lock.</summary>
internal sealed class ObjectTable(int historyLength)
{
    private readonly Queue<StoreEvent> history = new();

    private readonly List<WatchFeed> feeds = [];

    public ImmutableSortedDictionary<ObjectKey, StoredObject> Objects { get; private set; } = ImmutableSortedDictionary<ObjectKey, StoredObject>.Empty;

    /// <summary>Changes up to and with this revision are forgotten.</summary>
    public long Forgotten { get; private set; }

    public void Record(StoreEvent change)
    {
        Objects = change.Kind == ChangeKind.Deleted ? Objects.Remove(change.Now!.Key) : Objects.SetItem(change.Now!.Key, change.Now);
        history.Enqueue(change);
        while (history.Count > historyLength)
        {
            Forgotten = history.Dequeue().Revision;
        }

        for (int i = feeds.Count - 1; i >= 0; i--)
        {
            if (!feeds[i].Offer(change))
            {
                feeds.RemoveAt(i);
            }
        }
    }

    public void Forget(long upTo)
    {
        history.Clear();
        Forgotten = Math.Max(Forgotten, upTo);
    }

    /// <returns>The changes after a revision, oldest first; null when some of them are forgotten.</returns>
    public IReadOnlyList<StoreEvent>? Since(long revision) => revision < Forgotten ? null : [.. history.Where(e => e.Revision > revision)];

    /// <returns>The objects as they were at a revision; null when that is forgotten.</returns>
    public ImmutableSortedDictionary<ObjectKey, StoredObject>? At(long revision)
    {
        if (Since(revision) is not { } later)
        {
            return null;
        }

        ImmutableSortedDictionary<ObjectKey, StoredObject> then = Objects;
        foreach (StoreEvent change in later.Reverse())
        {
            then = change.Before is null ? then.Remove(change.Now!.Key) : then.SetItem(change.Before.Key, change.Before);
        }

        return then;
    }

    public void Attach(WatchFeed feed) => feeds.Add(feed);

    public void Detach(WatchFeed feed) => feeds.Remove(feed);

    public IReadOnlyList<WatchFeed> Feeds => feeds;
}
