using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Storage;

/// <summary>All objects, one counter of revisions, one lock: changes of all kinds have one order, and every watcher sees its part of it.</summary>
internal sealed class ObjectStore(int historyLength)
{
    private readonly Lock gate = new();

    private readonly Dictionary<ResourceId, ObjectTable> tables = [];

    /// <summary>Called under the lock, after each change.</summary>
    public Action<StoreEvent>? Changed { get; set; }

    /// <summary>The latest revision.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>Runs reads and writes that belong together; nobody sees a state between them.</summary>
    public T Together<T>(Func<T> work)
    {
        lock (gate)
        {
            return work();
        }
    }

    public StoredObject? Find(ResourceId resource, ObjectKey key)
    {
        lock (gate)
        {
            return Table(resource).Objects.GetValueOrDefault(key);
        }
    }

    /// <returns>All objects of a resource, and the revision of this state.</returns>
    public (ImmutableSortedDictionary<ObjectKey, StoredObject> Objects, long Revision) All(ResourceId resource)
    {
        lock (gate)
        {
            return (Table(resource).Objects, Revision);
        }
    }

    /// <returns>The objects at a revision; null when it is too old to be known.</returns>
    public ImmutableSortedDictionary<ObjectKey, StoredObject>? At(ResourceId resource, long revision)
    {
        lock (gate)
        {
            return Table(resource).At(revision);
        }
    }

    public IReadOnlyList<ResourceId> Resources()
    {
        lock (gate)
        {
            return [.. tables.Keys];
        }
    }

    /// <summary>Keeps a body, which is the store's from now on, and tells it.</summary>
    public StoredObject Put(ResourceId resource, JsonObject body)
    {
        lock (gate)
        {
            JsonObject meta = body.EnsureObject("metadata");
            var key = new ObjectKey(meta.Text("namespace") ?? "", meta.Text("name") ?? "");
            ObjectTable table = Table(resource);
            StoredObject? before = table.Objects.GetValueOrDefault(key);
            long revision = ++Revision;
            meta["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            var now = new StoredObject(resource, key, body, revision);
            var change = new StoreEvent(before is null ? ChangeKind.Added : ChangeKind.Modified, now, before, revision);
            table.Record(change);
            Changed?.Invoke(change);
            return now;
        }
    }

    public StoredObject? Remove(ResourceId resource, ObjectKey key)
    {
        lock (gate)
        {
            ObjectTable table = Table(resource);
            if (table.Objects.GetValueOrDefault(key) is not { } before)
            {
                return null;
            }

            long revision = ++Revision;
            JsonObject last = before.Body.Copy();
            last.EnsureObject("metadata")["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            var gone = new StoredObject(resource, key, last, revision);
            var change = new StoreEvent(ChangeKind.Deleted, gone, before, revision);
            table.Record(change);
            Changed?.Invoke(change);
            return gone;
        }
    }

    /// <summary>Starts a feed; what was and what comes are one sequence without gap.</summary>
    /// <param name="since">Changes after this revision come first; null for the state itself, as additions.</param>
    /// <returns>What comes first and the revision it stands for; null when changes since then are forgotten.</returns>
    public (IReadOnlyList<StoreEvent> First, long Revision)? Follow(ResourceId resource, WatchFeed feed, long? since)
    {
        lock (gate)
        {
            ObjectTable table = Table(resource);
            IReadOnlyList<StoreEvent>? first = since is { } revision
                ? table.Since(revision)
                : [.. table.Objects.Values.Select(o => new StoreEvent(ChangeKind.Added, o, null, o.Revision))];
            if (first is null)
            {
                return null;
            }

            table.Attach(feed);
            return (first, Revision);
        }
    }

    public void Leave(ResourceId resource, WatchFeed feed)
    {
        lock (gate)
        {
            feed.Close(FeedEnd.Left);
            Table(resource).Detach(feed);
        }
    }

    /// <summary>Puts a bookmark into a feed, behind all that was before it.</summary>
    public void Mark(WatchFeed feed)
    {
        lock (gate)
        {
            feed.Offer(new StoreEvent(ChangeKind.Bookmark, null, null, Revision));
        }
    }

    /// <summary>Forgets all changes of the past: who resumes from before now must list anew.</summary>
    public void ForgetHistory()
    {
        lock (gate)
        {
            // A revision of its own, so that even who has seen everything is behind.
            Revision++;
            foreach (ObjectTable table in tables.Values)
            {
                table.Forget(Revision);
            }
        }
    }

    /// <summary>Ends all watches of a resource that is no longer served.</summary>
    public void EndFeeds(ResourceId resource, FeedEnd why)
    {
        lock (gate)
        {
            foreach (WatchFeed feed in Table(resource).Feeds.ToArray())
            {
                feed.Close(why);
            }
        }
    }

    private ObjectTable Table(ResourceId resource)
    {
        if (!tables.TryGetValue(resource, out ObjectTable? table))
        {
            tables[resource] = table = new ObjectTable(historyLength);
        }

        return table;
    }
}
