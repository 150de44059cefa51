using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>The objects that matter only because something refers to them by name: Secrets, ConfigMaps, ...</summary>
internal sealed partial class WantedObjects : IAsyncDisposable
{
    /// <summary>So long a translation waits for an answer about an object it refers to; from then on there is none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ImmutableArray<WantedKind> _kinds;
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterWatches _watches;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ITimer _overdue;
    private ImmutableArray<WantedObject> _wanted = [];
    private bool _waiting;

    /// <summary>Since when translations are held back, as a timestamp.</summary>
    private long _waitingSince;

    public WantedObjects(
        ClusterStore store, ClusterWatches watches, ImmutableArray<string> namespaces, Action changed, ILogger log, TimeProvider time)
    {
        (_watches, _log, _time) = (watches, log, time);
        _kinds =
        [
            .. ClusterKind.All.Where(k => k.ByName).Select(
                k => new WantedKind(store, watches, k, ResourceOf(k), namespaces, changed, time, _stop.Token)),
        ];
        _overdue = time.CreateTimer(_ => changed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why some cannot be heard of at the moment.</summary>
    public IEnumerable<(string Kind, WatchProblem Problem)> Problems => _kinds.SelectMany(k => k.Problems.Select(p => (k.Kind, p)));

    /// <summary>How many of each kind are wanted, and how many watches that takes.</summary>
    public ImmutableArray<(string Kind, int Names, int Watches)> Counts => [.. _kinds.Select(k => (k.Kind, k.Count.Names, k.Count.Watches))];

    /// <summary>To be called before the store is read: an answer that comes later is not in what is read.</summary>
    public void Look()
    {
        if (_waiting)
        {
            foreach (WantedKind kind in _kinds)
            {
                kind.Look();
            }
        }
    }

    /// <summary>Follows these from now on and no others. For one caller at a time.</summary>
    /// <returns>
    /// Whether what was read of the store last has the answer of each, be it that there is none; or it has been waited
    /// for long enough.
    /// </returns>
    public bool Follow(ImmutableArray<WantedObject> wanted)
    {
        if (wanted != _wanted)
        {
            _wanted = wanted;
            foreach (WantedKind kind in _kinds)
            {
                kind.Follow([.. wanted.Where(w => w.Kind == kind.Kind).Select(w => (w.Namespace, w.Name))]);
            }
        }
        else if (!_waiting)
        {
            return true;
        }

        // One after the other, names that nobody answers for would hold back all else for ever.
        _waitingSince = _waiting ? _waitingSince : _time.GetTimestamp();
        TimeSpan held = _time.GetElapsedTime(_waitingSince);
        TimeSpan? longest = null;
        foreach ((WantedKind kind, WantedName name) in _kinds.SelectMany(k => k.Unknown.Select(n => (k, n))))
        {
            TimeSpan waited = _time.GetElapsedTime(name.Since);
            TimeSpan left = Patience - (held > waited ? held : waited);
            if (left <= TimeSpan.Zero)
            {
                kind.GiveUp(name);
                LogOverdue(_log, kind.Kind, name, (int)Patience.TotalSeconds);
            }
            else if (longest is null || left > longest)
            {
                longest = left;
            }
        }

        _waiting = longest is not null;
        if (longest is TimeSpan due)
        {
            _overdue.Change(due + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        return !_waiting;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watches.EndAsync().ConfigureAwait(false);
        await _overdue.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static ApiResource ResourceOf(ClusterKind kind) =>
        new(kind.Group, kind.Versions[0], $"{kind.Kind.ToLowerInvariant()}s", kind.Kind, kind.Namespaced);

    [LoggerMessage(41, LogLevel.Warning, "{Kind} {Name} is referred to, and the API server has not said within {Seconds} s what it is: going on without it")]
    private static partial void LogOverdue(ILogger log, string kind, WantedName name, int seconds);
}
