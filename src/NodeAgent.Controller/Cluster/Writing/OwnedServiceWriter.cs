using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// Keeps one Service for each Gateway of ours, as translation wants it, for as long as this process leads: made, kept
/// when somebody edits it, made again when somebody deletes it, deleted when the Gateway is no longer ours. When the
/// Gateway is deleted the cluster's garbage collection does that.
/// </summary>
internal sealed partial class OwnedServiceWriter
{
    private const int Parallel = 4;

    private const int Attempts = 4;

    private static readonly ApiResource Services = new("", "v1", "services", "Service", Namespaced: true);

    /// <summary>A Service that is in our way is not in the store, so that nobody tells when it has gone.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>Between two repairs of one Service, should somebody else want it otherwise all the time.</summary>
    private static readonly TimeSpan RepairPause = TimeSpan.FromSeconds(2);

    /// <summary>Stands for the version of a Service that the server does not take.</summary>
    private const string Refused = "refused";

    private readonly IKubernetesApi _api;
    private readonly ClusterStore _store;
    private readonly Action<ObjectEvent> _tell;
    private readonly ILogger _log;
    private readonly WorkQueue<(string Namespace, string Name)> _queue;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Name), OwnedObject> _wanted = [];

    /// <summary>The same by their Gateways, <c>NS/NAME</c>.</summary>
    private readonly Dictionary<string, OwnedObject> _byGateway = new(StringComparer.Ordinal);

    /// <summary>What was applied last, and what version that made; an entry without version has somebody in its way.</summary>
    private readonly Dictionary<(string Namespace, string Name), (OwnedObject Object, string GatewayUid, string Version, TimeSpan At)> _applied = [];

    /// <summary>What the server last had against each.</summary>
    private readonly Dictionary<(string Namespace, string Name), string> _refusals = [];

    private ImmutableArray<OwnedObject> _objects = [];

    public OwnedServiceWriter(IKubernetesApi api, ClusterStore store, Action<ObjectEvent> tell, TimeProvider time, ILogger log)
    {
        (_api, _store, _tell, _log) = (api, store, tell, log);
        _queue = new WorkQueue<(string, string)>(WorkAsync, Parallel, time, log);
    }

    /// <summary>A Gateway has its Service, or it is known why it cannot have it now.</summary>
    public event Action<StoredKey>? Settled;

    /// <summary>Whether there is nothing to be done for a Gateway, or nothing that could be done now.</summary>
    public bool IsSettled(StoredKey gateway)
    {
        lock (_lock)
        {
            return !_byGateway.TryGetValue($"{gateway.Namespace}/{gateway.Name}", out OwnedObject? item)
                || GatewayOf(item) is not { Deleting: false } owner
                || (_applied.TryGetValue((item.Namespace, item.Name), out (OwnedObject Object, string GatewayUid, string Version, TimeSpan At) applied)
                    && item.Equals(applied.Object)
                    && applied.GatewayUid == owner.Uid);
        }
    }

    /// <summary>Writes until cancelled; returns when no request is under way any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _store.Changed += Look;
        try
        {
            foreach (StoredObject service in _store.All("", "Service"))
            {
                _queue.Add((service.Namespace, service.Name));
            }

            await _queue.RunAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _store.Changed -= Look;
        }
    }

    /// <param name="objects">Of <see cref="Translation.Objects"/>.</param>
    public void Take(ImmutableArray<OwnedObject> objects)
    {
        if (objects == _objects)
        {
            return;
        }

        _objects = objects;
        var changed = new List<(string, string)>();
        lock (_lock)
        {
            var gone = _wanted.Keys.ToHashSet();
            foreach (OwnedObject item in objects)
            {
                (string, string) key = (item.Namespace, item.Name);
                gone.Remove(key);
                if (!ReferenceEquals(_wanted.GetValueOrDefault(key), item))
                {
                    _wanted[key] = item;
                    _byGateway[item.Gateway] = item;
                    changed.Add(key);
                }
            }

            foreach ((string, string) key in gone)
            {
                _byGateway.Remove(_wanted[key].Gateway);
                _wanted.Remove(key);
                changed.Add(key);
            }
        }

        changed.ForEach(key => _queue.Add(key));
    }

    private void Look(StoredKey key)
    {
        if (key is { Group: "", Kind: "Service" })
        {
            _queue.Add((key.Namespace, key.Name));
        }
        else if (key is { Group: Groups.Gateway, Kind: "Gateway" })
        {
            // It may have come only now, or again with another UID.
            OwnedObject? item;
            lock (_lock)
            {
                item = _byGateway.GetValueOrDefault($"{key.Namespace}/{key.Name}");
            }

            if (item is not null && !IsSettled(key))
            {
                _queue.Add((item.Namespace, item.Name));
            }
        }
    }

    private StoredObject? GatewayOf(OwnedObject item) =>
        _store.Find(Groups.Gateway, "Gateway", item.Namespace, item.Gateway[(item.Namespace.Length + 1)..]);

    private async Task<TimeSpan?> WorkAsync((string Namespace, string Name) key, CancellationToken cancel)
    {
        OwnedObject? wanted;
        (OwnedObject Object, string GatewayUid, string Version, TimeSpan At) applied;
        bool known;
        lock (_lock)
        {
            wanted = _wanted.GetValueOrDefault(key);
            known = _applied.TryGetValue(key, out applied);
        }

        StoredObject? stored = _store.Find("", "Service", key.Namespace, key.Name);
        if (wanted is null)
        {
            return stored is null ? Forget(key) : await DeleteAsync(stored, cancel).ConfigureAwait(false);
        }

        if (GatewayOf(wanted) is not StoredObject gateway || gateway.Deleting)
        {
            return null;
        }

        bool same = known && wanted.Equals(applied.Object) && applied.GatewayUid == gateway.Uid;
        if (same && stored is not null && stored.ResourceVersion == applied.Version)
        {
            return null;
        }

        if (same && _queue.Now - applied.At is TimeSpan since && since < RepairPause)
        {
            return RepairPause - since;
        }

        return await BringAsync(key, new OwnedService(wanted, gateway), same, cancel).ConfigureAwait(false);
    }

    /// <param name="keep">It was applied just so before: when it still fits nothing is written.</param>
    private async Task<TimeSpan?> BringAsync((string Namespace, string Name) key, OwnedService service, bool keep, CancellationToken cancel)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ApiAnswer answer = await _api.GetAsync(Services, key.Namespace, key.Name, cancel).ConfigureAwait(false);
            if (answer.NotFound)
            {
                // What is made here cannot be somebody else's, which applying at once could not promise.
                answer = await _api.CreateAsync(Services, key.Namespace, service.Created(), cancel).ConfigureAwait(false);
                if (answer.AlreadyExists)
                {
                    continue;
                }

                keep = false;
            }

            if (!answer.Ok || answer.Body is not JsonObject found)
            {
                return Trouble(key, answer, service);
            }

            if (!service.IsOurs(found))
            {
                return InTheWay(key, service);
            }

            if (found["metadata"]?["deletionTimestamp"] is not null)
            {
                return LookAgain;
            }

            if (service.IsOfNamesake(found))
            {
                // It is about to be deleted with its Gateway, and cannot belong to two.
                answer = await _api.DeleteAsync(Services, key.Namespace, key.Name, ConditionMerge.Text(found["metadata"], "uid"), cancel).ConfigureAwait(false);
                if (answer.Ok || answer.NotFound || answer.Conflict)
                {
                    continue;
                }

                return Trouble(key, answer, service);
            }

            if (!keep || !service.Fits(found))
            {
                answer = await ApplyAsync(key, service, found, cancel).ConfigureAwait(false);
                if (answer.Conflict || answer.NotFound)
                {
                    continue;
                }

                if (!answer.Ok || answer.Body is not JsonObject made)
                {
                    return Trouble(key, answer, service);
                }

                found = made;
            }

            Applied(key, service, VersionOf(found));
            return null;
        }

        return RepairPause;
    }

    private async Task<ApiAnswer> ApplyAsync((string Namespace, string Name) key, OwnedService service, JsonObject found, CancellationToken cancel)
    {
        JsonObject body = service.Applied();
        body["metadata"]!["resourceVersion"] = VersionOf(found);

        // With its UID one that is gone by now is a conflict, instead of being made without a look at whose name it is.
        body["metadata"]!["uid"] = ConditionMerge.Text(found["metadata"], "uid");
        ApiAnswer answer = await _api.PatchAsync(Services, key.Namespace, key.Name, null, PatchKind.Apply, body, cancel).ConfigureAwait(false);
        return answer.Ok && answer.Body is JsonObject made && OwnedService.Selects(made)
            ? await _api.PatchAsync(Services, key.Namespace, key.Name, null, PatchKind.Merge, WithoutSelector(VersionOf(made)), cancel).ConfigureAwait(false)
            : answer;
    }

    private static JsonObject WithoutSelector(string version) => new()
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = version },
        ["spec"] = new JsonObject { ["selector"] = null },
    };

    /// <summary>Of a Service that says we manage it, for a Gateway that is there and not ours any more.</summary>
    private async Task<TimeSpan?> DeleteAsync(StoredObject service, CancellationToken cancel)
    {
        JsonNode? meta = JsonNode.Parse(service.Metadata.Span);
        bool stray = meta is not null && OwnedService.OwnersOf(new JsonObject { ["metadata"] = meta.DeepClone() }).Any(
            o => ConditionMerge.Text(o, "kind") == "Gateway"
                && ConditionMerge.Text(o, "apiVersion").StartsWith(Groups.Gateway + "/", StringComparison.Ordinal)
                && _store.Find(Groups.Gateway, "Gateway", service.Namespace, ConditionMerge.Text(o, "name"))?.Uid == ConditionMerge.Text(o, "uid"));
        if (!stray)
        {
            return null;
        }

        ApiAnswer answer = await _api.DeleteAsync(Services, service.Namespace, service.Name, service.Uid, cancel).ConfigureAwait(false);
        return answer.Ok || answer.NotFound || answer.Conflict
            ? Forget((service.Namespace, service.Name))
            : Trouble((service.Namespace, service.Name), answer);
    }

    private void Applied((string Namespace, string Name) key, OwnedService service, string version)
    {
        lock (_lock)
        {
            _applied[key] = (service.Wanted, service.Gateway.Uid, version, _queue.Now);
            if (version != Refused)
            {
                _refusals.Remove(key);
            }
        }

        Settled?.Invoke(service.Gateway.Key);
    }

    private TimeSpan? Forget((string Namespace, string Name) key)
    {
        lock (_lock)
        {
            _applied.Remove(key);
            _refusals.Remove(key);
        }

        return null;
    }

    private TimeSpan? InTheWay((string Namespace, string Name) key, OwnedService service)
    {
        bool told;
        lock (_lock)
        {
            told = _applied.TryGetValue(key, out (OwnedObject Object, string GatewayUid, string Version, TimeSpan At) applied)
                && applied.Version.Length == 0;
        }

        Applied(key, service, "");
        if (!told)
        {
            StoredObject gateway = service.Gateway;
            LogInTheWay(_log, key.Namespace, key.Name, gateway.Name);
            _tell(new ObjectEvent(
                gateway.Resource.ApiVersion, "Gateway", gateway.Namespace, gateway.Name, gateway.Uid, true, "ServiceNotOurs", "Apply",
                $"Service {key.Namespace}/{key.Name} belongs to somebody else and is left alone: the Gateway is served without one; rename or delete that Service"));
        }

        return LookAgain;
    }

    /// <param name="service">Null when it is to go.</param>
    private TimeSpan? Trouble((string Namespace, string Name) key, ApiAnswer answer, OwnedService? service = null)
    {
        if (answer.Transient)
        {
            return RepairPause * Backoff.Jitter(0.5, 1);
        }

        bool told;
        lock (_lock)
        {
            told = _refusals.GetValueOrDefault(key) == answer.Message;
            _refusals[key] = answer.Message;
        }

        if (!told)
        {
            LogRefused(_log, key.Namespace, key.Name, answer);
        }

        if (service is not null)
        {
            Applied(key, service, Refused);
        }

        return LookAgain;
    }

    private static string VersionOf(JsonObject item) => ConditionMerge.Text(item["metadata"], "resourceVersion");

    [LoggerMessage(62, LogLevel.Warning, "Service {Namespace}/{Name} of Gateway {Gateway} belongs to somebody else and is left alone")]
    private static partial void LogInTheWay(ILogger log, string @namespace, string name, string gateway);

    [LoggerMessage(63, LogLevel.Warning, "Service {Namespace}/{Name} is not taken: {Answer}")]
    private static partial void LogRefused(ILogger log, string @namespace, string name, ApiAnswer answer);
}
