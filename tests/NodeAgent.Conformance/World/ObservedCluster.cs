using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.World;

/// <summary>All objects of the suite's kinds as the API server has them, followed by watches.</summary>
public sealed class ObservedCluster : IAsyncDisposable
{
    private readonly ClusterApi _api;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _watches = [];
    private ImmutableDictionary<string, JsonObject> _documents = ImmutableDictionary<string, JsonObject>.Empty;
    private TaskCompletionSource _changed = NewSignal();

    private ObservedCluster(ClusterApi api) => _api = api;

    public ClusterView Now => new(Volatile.Read(ref _documents));

    /// <summary>Ends at the next change after it was taken.</summary>
    public Task NextChange => Volatile.Read(ref _changed).Task;

    /// <summary>Returns when it has seen all that is there; kinds that the server does not serve are an error.</summary>
    public static async Task<ObservedCluster> StartAsync(ClusterApi api, IEnumerable<SuiteKind> kinds, CancellationToken cancel)
    {
        var cluster = new ObservedCluster(api);
        foreach (SuiteKind kind in kinds)
        {
            string from = await cluster.ListAsync(kind, cancel);
            cluster._watches.Add(cluster.FollowAsync(kind, from));
        }

        return cluster;
    }

    /// <summary>Waits until nothing is wrong.</summary>
    /// <returns>What is still wrong when patience has ended; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> FaultsAsync(Func<ClusterView, IEnumerable<string>> check, TimeSpan patience, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            Task next = NextChange;
            string[] faults = [.. check(Now)];
            TimeSpan left = patience - Stopwatch.GetElapsedTime(began);
            if (faults.Length == 0 || left <= TimeSpan.Zero)
            {
                return faults;
            }

            try
            {
                await next.WaitAsync(left, cancel);
            }
            catch (TimeoutException)
            {
                // The check after it is the last one.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches);
        _stop.Dispose();
    }

    private async Task FollowAsync(SuiteKind kind, string from)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach ((string type, JsonObject item) in _api.WatchAsync(kind, from, _stop.Token))
                {
                    if (type is "ADDED" or "MODIFIED" or "DELETED")
                    {
                        Keep(kind, item, type != "DELETED");
                    }
                }

                from = await ListAsync(kind, _stop.Token);
            }
            catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private async Task<string> ListAsync(SuiteKind kind, CancellationToken cancel)
    {
        (IReadOnlyList<JsonObject> items, string from) = await _api.ListAsync(kind, cancel);
        foreach (JsonObject item in items)
        {
            item["kind"] = kind.Kind;
        }

        string[] there = [.. items.Select(i => KeyOf(kind, i))];
        Change(documents => documents
            .RemoveRange(documents.Keys.Where(k => k.StartsWith(kind.Kind + " ", StringComparison.Ordinal)).Except(there))
            .SetItems(items.Select(i => KeyValuePair.Create(KeyOf(kind, i), Read(i)))));
        return from;
    }

    private void Keep(SuiteKind kind, JsonObject item, bool there)
    {
        string key = KeyOf(kind, item);
        Change(documents => there ? documents.SetItem(key, Read(item)) : documents.Remove(key));
    }

    private void Change(Func<ImmutableDictionary<string, JsonObject>, ImmutableDictionary<string, JsonObject>> edit)
    {
        lock (_gate)
        {
            _documents = edit(_documents);
        }

        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }

    private static string KeyOf(SuiteKind kind, JsonObject item) =>
        SuiteNames.Key(kind.Kind, (string?)item["metadata"]!["namespace"], (string)item["metadata"]!["name"]!);

    /// <summary>Reads the whole tree once: later several threads may read it, and the first reading of a part writes.</summary>
    private static JsonObject Read(JsonObject document)
    {
        static void Touch(JsonNode? node)
        {
            foreach (JsonNode? part in node switch
            {
                JsonObject fields => fields.Select(f => f.Value),
                JsonArray items => items,
                _ => [],
            })
            {
                Touch(part);
            }
        }

        Touch(document);
        return document;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A state of the cluster.</summary>
public sealed class ClusterView(ImmutableDictionary<string, JsonObject> documents) : ISuiteObjects
{
    public IReadOnlyDictionary<string, JsonObject> Documents => documents;

    public JsonObject? Status(string key) => documents.GetValueOrDefault(key)?["status"] as JsonObject;

    public JsonObject? Find(string key) => documents.GetValueOrDefault(key);

    public IEnumerable<JsonObject> Of(string kind) =>
        documents.Where(d => d.Key.StartsWith(kind + " ", StringComparison.Ordinal)).Select(d => d.Value);

    /// <summary>The same with only some of its objects.</summary>
    public ClusterView Only(IEnumerable<string> keys) =>
        new(keys.Where(documents.ContainsKey).ToImmutableDictionary(k => k, k => documents[k]));
}
