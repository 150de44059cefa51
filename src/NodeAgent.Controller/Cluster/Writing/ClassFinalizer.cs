using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// Keeps the API's finalizer on GatewayClasses of ours as long as a Gateway uses them, so that none is deleted away
/// under its Gateways. For as long as this process leads.
/// </summary>
internal sealed partial class ClassFinalizer
{
    private const int Attempts = 4;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(60);

    private readonly IKubernetesApi _api;
    private readonly ClusterStore _store;
    private readonly ILogger _log;
    private readonly WorkQueue<(string Group, string Name)> _queue;
    private readonly Lock _lock = new();

    /// <summary>Our classes, and whether a Gateway uses them.</summary>
    private Dictionary<(string Group, string Name), bool> _used = [];

    /// <summary>What the server last had against each. For the one key that is worked on at a time.</summary>
    private readonly Dictionary<(string Group, string Name), string> _refusals = [];

    private ImmutableArray<ClassInUse> _inUse = [];

    private ImmutableArray<ObjectStatus> _statuses = [];

    public ClassFinalizer(IKubernetesApi api, ClusterStore store, TimeProvider time, ILogger log)
    {
        (_api, _store, _log) = (api, store, log);
        _queue = new WorkQueue<(string, string)>(WorkAsync, 1, time, log);
    }

    /// <summary>Writes until cancelled; returns when no request is under way any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _store.Changed += Look;
        try
        {
            await _queue.RunAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _store.Changed -= Look;
        }
    }

    public void Take(Translation translation)
    {
        if (translation.ClassesInUse == _inUse && translation.Statuses == _statuses)
        {
            return;
        }

        (_inUse, _statuses) = (translation.ClassesInUse, translation.Statuses);
        var used = new Dictionary<(string Group, string Name), bool>();
        foreach (ObjectStatus ours in _statuses.Where(s => s.Kind == "GatewayClass"))
        {
            (string Group, string Name) key = (ours.ApiVersion.Split('/')[0], ours.Name);
            used[key] = _inUse.Contains(new ClassInUse(key.Group, key.Name));
        }

        List<(string Group, string Name)> changed;
        lock (_lock)
        {
            changed = [.. used.Where(u => !_used.TryGetValue(u.Key, out bool was) || was != u.Value).Select(u => u.Key)];
            _used = used;
        }

        changed.ForEach(key => _queue.Add(key));
    }

    private void Look(StoredKey key)
    {
        if (key is { Kind: "GatewayClass" })
        {
            _queue.Add((key.Group, key.Name));
        }
    }

    private async Task<TimeSpan?> WorkAsync((string Group, string Name) key, CancellationToken cancel)
    {
        string finalizer = $"gateway-exists-finalizer.{key.Group}";
        StoredObject? stored = _store.Find(key.Group, "GatewayClass", "", key.Name);
        if (stored is null)
        {
            return null;
        }

        (ImmutableArray<string> finalizers, string version, bool deleting) = (stored.Finalizers, stored.ResourceVersion, stored.Deleting);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            bool used;
            lock (_lock)
            {
                if (!_used.TryGetValue(key, out used))
                {
                    return null;
                }
            }

            // Nobody may add a finalizer to what is being deleted.
            if (finalizers.Contains(finalizer) == used || (used && deleting))
            {
                return null;
            }

            ImmutableArray<string> next = used ? finalizers.Add(finalizer) : finalizers.Remove(finalizer);
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = version,
                    ["finalizers"] = new JsonArray([.. next.Select(f => JsonValue.Create(f))]),
                },
            };
            ApiAnswer answer = await _api.PatchAsync(stored.Resource, null, key.Name, null, PatchKind.Merge, patch, cancel).ConfigureAwait(false);
            if (answer.Ok || answer.NotFound)
            {
                _refusals.Remove(key);
                return null;
            }

            if (answer.Conflict)
            {
                answer = await _api.GetAsync(stored.Resource, null, key.Name, cancel).ConfigureAwait(false);
            }

            if (!answer.Ok || answer.Body?["metadata"] is not JsonObject meta)
            {
                if (!answer.Transient && !answer.NotFound)
                {
                    if (_refusals.GetValueOrDefault(key) != answer.Message)
                    {
                        _refusals[key] = answer.Message;
                        LogRefused(_log, key.Name, finalizer, answer);
                    }

                    return AfterRefusal;
                }

                return answer.NotFound ? null : Retry * Backoff.Jitter(0.5, 1);
            }

            finalizers = [.. (meta["finalizers"] as JsonArray ?? []).Select(f => (string?)f).OfType<string>()];
            (version, deleting) = (ConditionMerge.Text(meta, "resourceVersion"), meta["deletionTimestamp"] is not null);
        }

        return Retry;
    }

    [LoggerMessage(64, LogLevel.Warning, "GatewayClass {Name}: finalizer {Finalizer} is not taken: {Answer}")]
    private static partial void LogRefused(ILogger log, string name, string finalizer, ApiAnswer answer);
}
