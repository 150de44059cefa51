using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// Brings the statuses of all objects to what translation says of them, for as long as this process leads:
/// 1. what differs from the object as the store has it is written, carrying the version that was read;
/// 2. on a conflict the object is read again and all decided anew;
/// 3. what only changed in counts waits a little (<see cref="CountHold"/>).
/// A version newer than what was translated is left alone: the next view speaks of it. Objects are written side by side,
/// each by one write at a time.
/// </summary>
internal sealed partial class StatusWriter
{
    /// <summary>Requests that wait for an answer at the same time.</summary>
    private const int Parallel = 8;

    private const int Attempts = 5;

    /// <summary>A refusal is not mended by repetition; but definitions and permissions change, too.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(5);

    /// <summary>How long a status waits for what should be there before it is told.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly IKubernetesApi _api;
    private readonly ClusterStore _store;
    private readonly Action<ObjectEvent> _tell;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WorkQueue<StoredKey> _queue;
    private readonly Lock _lock = new();
    private readonly Dictionary<StoredKey, StatusEntry> _entries = [];
    private ImmutableArray<ObjectStatus> _wanted = [];
    private int _unanswered;
    private long _written;

    public StatusWriter(IKubernetesApi api, ClusterStore store, Action<ObjectEvent> tell, TimeProvider time, ILogger log)
    {
        (_api, _store, _tell, _time, _log) = (api, store, tell, time, log);
        _queue = new WorkQueue<StoredKey>(WorkAsync, Parallel, time, log, key => key.Kind is "Gateway" or "GatewayClass");
    }

    /// <summary>Whether all is there that who reads the status of an object may look for; <see cref="Look"/> when it is.</summary>
    public Func<StoredKey, bool> IsReady { get; init; } = _ => true;

    /// <summary>Whether all objects of a namespace are known, so that one that is not in the store does not exist.</summary>
    public Func<string, bool> IsWatched { get; init; } = _ => true;

    /// <summary>Statuses that the server took.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Writes until cancelled; returns when no request is under way any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _store.Changed += Look;
        try
        {
            foreach (StoredKey key in Spoken())
            {
                Look(key);
            }

            await _queue.RunAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _store.Changed -= Look;
        }
    }

    /// <summary>What is to be said from now on. For one thread.</summary>
    /// <param name="wanted">Of <see cref="Translation.Statuses"/>: what did not change is the same object as before.</param>
    public void Take(ImmutableArray<ObjectStatus> wanted)
    {
        ImmutableArray<ObjectStatus> before = _wanted;
        _wanted = wanted;
        int start = 0;
        while (start < before.Length && start < wanted.Length && ReferenceEquals(before[start], wanted[start]))
        {
            start++;
        }

        int tail = 0;
        while (tail < before.Length - start && tail < wanted.Length - start && ReferenceEquals(before[^(tail + 1)], wanted[^(tail + 1)]))
        {
            tail++;
        }

        // Between the first and the last that changed, most are what they were.
        var left = new HashSet<ObjectStatus>(before[start..^tail], ReferenceEqualityComparer.Instance);
        ObjectStatus[] changed = [.. wanted[start..^tail].Where(s => !left.Remove(s))];
        var gone = left.Select(KeyOf).ToHashSet();
        foreach (ObjectStatus status in changed)
        {
            gone.Remove(KeyOf(status));
            Want(KeyOf(status), status);
        }

        foreach (StoredKey key in gone)
        {
            Want(key, null);
        }
    }

    /// <summary>Of an object that changed at the server: somebody may have changed what we said.</summary>
    public void Look(StoredKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out StatusEntry? entry))
            {
                return;
            }

            if (entry.Answer is WrittenState answer
                && _store.Find(key.Group, key.Kind, key.Namespace, key.Name)?.ResourceVersion == answer.ResourceVersion)
            {
                // Our own write comes back.
                entry.Answer = null;
                Tidy(key, entry);
                return;
            }
        }

        _queue.Add(key);
    }

    private static StoredKey KeyOf(ObjectStatus status)
    {
        int slash = status.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        return new StoredKey(slash < 0 ? "" : status.ApiVersion[..slash], status.Kind, status.Namespace, status.Name);
    }

    private void Want(StoredKey key, ObjectStatus? status)
    {
        TimeSpan delay = TimeSpan.Zero;
        lock (_lock)
        {
            StatusEntry entry = EntryOf(key);
            TimeSpan now = _queue.Now;
            if (entry.Wanted is ObjectStatus before && status is not null && !entry.Urgent && StatusEntry.DifferInCountsOnly(before, status))
            {
                entry.Hold.Change(now);
                delay = entry.Hold.Due!.Value - now;
            }
            else
            {
                entry.Urgent = true;
            }

            entry.Wanted = status;
        }

        _queue.Add(key, delay);
    }

    /// <summary>Objects that have words of ours, of which nothing is said any more: nobody else would take those back.</summary>
    private IEnumerable<StoredKey> Spoken()
    {
        foreach (ClusterKind kind in ClusterKind.All.Where(k => k.HasStatusOfOurs))
        {
            foreach (StoredObject stored in _store.All(kind.Group, kind.Kind))
            {
                if (StatusMerge.MayHaveOurs(kind.Group, stored.Status.Span))
                {
                    lock (_lock)
                    {
                        EntryOf(stored.Key);
                    }

                    yield return stored.Key;
                }
            }
        }
    }

    private StatusEntry EntryOf(StoredKey key)
    {
        if (!_entries.TryGetValue(key, out StatusEntry? entry))
        {
            _entries[key] = entry = new StatusEntry();
        }

        return entry;
    }

    private async Task<TimeSpan?> WorkAsync(StoredKey key, CancellationToken cancel)
    {
        StoredObject? stored = _store.Find(key.Group, key.Kind, key.Namespace, key.Name);
        WrittenState? state = stored is null ? null : WrittenState.Of(stored);
        StatusEntry? entry;
        ObjectStatus? wanted;
        bool settled;
        lock (_lock)
        {
            TimeSpan now = _queue.Now;
            if (!_entries.TryGetValue(key, out entry))
            {
                return null;
            }

            if (stored is null || state is null)
            {
                entry.Forget();
                Tidy(key, entry);
                return null;
            }

            if (!entry.Urgent && entry.Hold.Due is TimeSpan due && due > now)
            {
                return due - now;
            }

            if (entry.Urgent && entry.Wanted is not null && !IsReady(key))
            {
                TimeSpan waited = now - (entry.WaitsSince ??= now);
                if (waited < MaxWait)
                {
                    return MaxWait - waited;
                }
            }

            entry.WaitsSince = null;
            (entry.Urgent, wanted) = (false, entry.Wanted);
            state = entry.Base(state);
            settled = entry.IsSettled(wanted, state);
        }

        StatusDecision? decision = settled ? null : Decide(key, entry, state, wanted, stored);
        lock (_lock)
        {
            if (decision is not null)
            {
                entry.Hold.Writing(_queue.Now);
            }
            else if (ReferenceEquals(wanted, entry.Wanted))
            {
                entry.Hold.Settle();
                entry.Said = wanted;
            }
        }

        TimeSpan? again = decision is null ? null : await WriteAsync(key, entry, stored, state, wanted, decision, cancel).ConfigureAwait(false);
        lock (_lock)
        {
            if (again is null)
            {
                Tidy(key, entry);
            }
        }

        return again;
    }

    /// <returns>When it is to be tried again; null when it is done, or the store will tell more.</returns>
    private async Task<TimeSpan?> WriteAsync(
        StoredKey key, StatusEntry entry, StoredObject stored, WrittenState state, ObjectStatus? wanted, StatusDecision? decision, CancellationToken cancel)
    {
        string? ns = stored.Namespace.Length > 0 ? stored.Namespace : null;
        for (int attempt = 0; attempt < Attempts && decision is not null; attempt++)
        {
            ApiAnswer answer = await _api.PatchAsync(
                stored.Resource, ns, stored.Name, "status", PatchKind.Merge, decision.Patch, cancel).ConfigureAwait(false);
            if (answer.Ok)
            {
                Took(key, entry, stored, wanted, state, decision, answer);
                return null;
            }

            if (!answer.Conflict && !answer.NotFound)
            {
                return answer.Transient ? Later(entry, answer) : Refused(key, entry, answer);
            }

            ApiAnswer read = await _api.GetAsync(stored.Resource, ns, stored.Name, cancel).ConfigureAwait(false);
            if (read.NotFound)
            {
                return null;
            }

            if (WrittenState.Of(read) is not WrittenState now)
            {
                return read.Transient ? Later(entry, read) : Refused(key, entry, read);
            }

            if (answer.NotFound)
            {
                // The object is there; it is its status that is not.
                return Refused(key, entry, answer);
            }

            if (now.Uid != stored.Uid)
            {
                // Another object of that name, of which the store will tell.
                return null;
            }

            state = now;
            lock (_lock)
            {
                wanted = entry.Wanted;
            }

            decision = Decide(key, entry, state, wanted, stored);
        }

        // With a decision left somebody else writes it all the time.
        return decision is null ? null : TimeSpan.FromSeconds(Backoff.Jitter(0.5, 1));
    }

    private StatusDecision? Decide(StoredKey key, StatusEntry entry, WrittenState state, ObjectStatus? wanted, StoredObject stored) =>
        StatusDecision.Of(key, state, wanted, e => IsOurs(e, entry), !stored.Problems.IsEmpty, _time.GetUtcNow());

    /// <summary>
    /// An entry of the original API about a Gateway that we speak for, or that says what we said when we did; and nobody
    /// speaks for a Gateway that does not exist.
    /// </summary>
    private bool IsOurs(JsonObject said, StatusEntry entry)
    {
        (string ns, string name) = StatusMerge.GatewayOf(said);
        lock (_lock)
        {
            return _entries.TryGetValue(new StoredKey(StatusMerge.LegacyGroup, "Gateway", ns, name), out StatusEntry? gateway) && gateway.Wanted is not null
                || (IsWatched(ns) && _store.Find(StatusMerge.LegacyGroup, "Gateway", ns, name) is null)
                || (entry.Said is ObjectStatus last && StatusMerge.IsSaid(said, last.Status));
        }
    }

    private void Took(
        StoredKey key, StatusEntry entry, StoredObject stored, ObjectStatus? wanted, WrittenState before, StatusDecision decision, ApiAnswer answer)
    {
        Interlocked.Increment(ref _written);
        Interlocked.Exchange(ref _unanswered, 0);
        lock (_lock)
        {
            (entry.Refusal, entry.Failures) = ("", 0);
            if (WrittenState.Of(answer) is WrittenState after)
            {
                // What the server left out of it will not be there the next time either.
                entry.Said = wanted;
                entry.Settle(wanted, after, Decide(key, entry, after, wanted, stored) is not null);
                entry.Answered(before.ResourceVersion, stored.ResourceVersion, after);
            }
        }

        foreach ((bool warning, string reason, string action, string note) in StatusEvents.Between(key.Group, before.Status, decision.Status, e => IsOurs(e, entry)))
        {
            _tell(new ObjectEvent(stored.Resource.ApiVersion, key.Kind, key.Namespace, key.Name, stored.Uid, warning, reason, action, note));
        }
    }

    private TimeSpan? Refused(StoredKey key, StatusEntry entry, ApiAnswer answer)
    {
        lock (_lock)
        {
            if (entry.Refusal == answer.Message)
            {
                return AfterRefusal;
            }

            entry.Refusal = answer.Message;
        }

        LogRefused(_log, key, answer);
        return AfterRefusal;
    }

    /// <summary>While nobody answers, asking for each object would only be more of the same.</summary>
    private TimeSpan? Later(StatusEntry entry, ApiAnswer answer)
    {
        int failures = Math.Min(answer.Status == 0 ? Interlocked.Increment(ref _unanswered) : ++entry.Failures, 8);
        TimeSpan pause = TimeSpan.FromSeconds(Math.Min(MaxBackoff.TotalSeconds, 0.1 * Math.Pow(2, failures)) * Backoff.Jitter(0.5, 1));
        if (answer.Status == 0)
        {
            _queue.Pause(pause);
        }

        return pause;
    }

    /// <summary>Where nothing is said of an object there is nothing to remember. It may have another entry by now.</summary>
    private void Tidy(StoredKey key, StatusEntry entry)
    {
        if (entry is { Wanted: null, Urgent: false, Answer: null } && ReferenceEquals(_entries.GetValueOrDefault(key), entry))
        {
            _entries.Remove(key);
        }
    }

    [LoggerMessage(61, LogLevel.Warning, "the status of {Object} is not taken: {Answer}")]
    private static partial void LogRefused(ILogger log, StoredKey @object, ApiAnswer answer);
}
