using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>Tells on objects that they cannot be read, and when they can be again: they have no condition for that.</summary>
internal sealed class UnreadableObjects(ClusterStore store, Action<ObjectEvent> tell)
{
    private const string Action = "Decode";

    /// <summary>More than that is in the log.</summary>
    private const int MaxTold = 1000;

    private readonly Lock _lock = new();

    private readonly Dictionary<StoredKey, string> _told = [];

    /// <summary>Follows the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        store.Changed += Look;
        try
        {
            foreach (StoredObject rejected in store.Rejected)
            {
                Look(rejected.Key);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever leads next tells the rest.
        }
        finally
        {
            store.Changed -= Look;
        }
    }

    private void Look(StoredKey key)
    {
        StoredObject? stored = store.Find(key.Group, key.Kind, key.Namespace, key.Name);
        string problem = stored is null || stored.Problems.IsEmpty ? "" : Text(stored.Problems[0], stored.Problems.Length);
        lock (_lock)
        {
            if (_told.GetValueOrDefault(key, "") == problem || (problem.Length > 0 && !_told.ContainsKey(key) && _told.Count >= MaxTold))
            {
                return;
            }

            _ = problem.Length == 0 ? _told.Remove(key) : (_told[key] = problem).Length > 0;
        }

        if (stored is not null)
        {
            bool bad = problem.Length > 0;
            tell(new ObjectEvent(
                stored.Resource.ApiVersion, key.Kind, key.Namespace, key.Name, stored.Uid, bad, bad ? "Unreadable" : "Readable", Action,
                bad ? $"{problem}; the last version that could be read goes on to count" : "the object can be read again"));
        }
    }

    private static string Text(FieldProblem problem, int count) =>
        $"{problem.Path} {problem.What}, {problem.Allowed}{(count > 1 ? $" (and {count - 1} more)" : "")}";
}
