using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Counts, by API group, what happens to CustomResourceDefinitions. Only their metadata is read: they are large.</summary>
/// <param name="changed">Called before those who wait for a group are told.</param>
internal sealed class CrdChanges(Action changed) : IWatchHandler
{
    private const string MetadataOnly =
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    private static readonly ApiResource Definitions =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Count, TaskCompletionSource Next)> _groups = new(StringComparer.Ordinal);
    private volatile bool _follows;

    /// <summary>False while changes may go unheard.</summary>
    public bool Follows => _follows;

    public Task FollowAsync(KubernetesClient client, CancellationToken cancel) =>
        new ResourceWatch(client, Definitions, WatchScope.All, this) { Accept = MetadataOnly, AlwaysServed = true }.RunAsync(cancel);

    public long Seen(string group)
    {
        lock (_lock)
        {
            return Of(group).Count;
        }
    }

    public Task AfterAsync(string group, long seen)
    {
        lock (_lock)
        {
            (long count, TaskCompletionSource next) = Of(group);
            return count > seen ? Task.CompletedTask : next.Task;
        }
    }

    public void ListBegins()
    {
        // All are told at its end.
    }

    public void Listed(JsonElement item)
    {
        // All are told at the end of the list.
    }

    public void ListEnds()
    {
        // What changed since the list before is not known.
        _follows = true;
        TellAll();
    }

    public void ListFails()
    {
        // Another list begins.
    }

    public void Changed(JsonElement item) => Tell(item);

    public void Removed(JsonElement item) => Tell(item);

    public void NotServed() => _follows = false;

    public void Trouble(string? problem)
    {
        _follows = problem is null;
        TellAll();
    }

    private void Tell(JsonElement item)
    {
        // The name is PLURAL.GROUP.
        string name = item.ObjectOf("metadata").TextOf("name");
        string group = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        changed();
        Wake(group);
    }

    private void TellAll()
    {
        string[] groups;
        lock (_lock)
        {
            groups = [.. _groups.Keys];
        }

        changed();
        Array.ForEach(groups, Wake);
    }

    private void Wake(string group)
    {
        TaskCompletionSource? waiting = null;
        lock (_lock)
        {
            if (_groups.TryGetValue(group, out (long Count, TaskCompletionSource Next) now))
            {
                waiting = now.Next;
                _groups[group] = (now.Count + 1, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        waiting?.SetResult();
    }

    private (long Count, TaskCompletionSource Next) Of(string group)
    {
        if (!_groups.TryGetValue(group, out (long Count, TaskCompletionSource Next) now))
        {
            now = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _groups[group] = now;
        }

        return now;
    }
}
