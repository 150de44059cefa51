using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// The objects of one kind that something refers to by name. Few are followed each by a watch of its own, so that the
/// others cost nothing, not even the right to read them; many by one watch of the kind, which lets the others stream by.
/// What is wanted anew then is asked for, since the stream may have passed it.
/// </summary>
/// <param name="resource">Which every API server has.</param>
/// <param name="namespaces">Only these are looked at; empty for all.</param>
/// <param name="changed">Called on any thread when there may be something new for the loop.</param>
internal sealed class WantedKind(
    ClusterStore store, ClusterWatches watches, ClusterKind kind, ApiResource resource, ImmutableArray<string> namespaces,
    Action changed, TimeProvider time, CancellationToken stop)
{
    /// <summary>More than this are followed by one watch.</summary>
    public const int Few = 32;

    /// <summary>One watch goes on until there are fewer than this, lest one object more or less turned everything over.</summary>
    public const int Fewer = 16;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), WantedName> _names = [];
    private ImmutableArray<WantedWatch> _types = [];
    private CancellationTokenSource? _typeWatch;

    public string Kind => kind.Kind;

    /// <summary>Why some cannot be heard of at the moment.</summary>
    public ImmutableArray<WatchProblem> Problems
    {
        get
        {
            lock (_lock)
            {
                return [.. _names.Values.Select(n => n.Own).Concat(_types.Where(t => !t.IsRefused)).Select(w => w?.Mirror.Problem).OfType<WatchProblem>()];
            }
        }
    }

    /// <summary>How many are wanted, and how many watches that takes.</summary>
    public (int Names, int Watches) Count
    {
        get
        {
            lock (_lock)
            {
                return (_names.Count, _names.Values.Count(n => n.Own is not null) + _types.Count(t => !t.IsRefused));
            }
        }
    }

    /// <summary>Follows these from now on and no others.</summary>
    public void Follow(HashSet<(string Namespace, string Name)> wanted)
    {
        lock (_lock)
        {
            foreach (WantedName gone in _names.Values.Where(n => !wanted.Contains((n.Namespace, n.Name))))
            {
                gone.Drop();
                _names.TryRemove((gone.Namespace, gone.Name), out _);
                store.Remove(kind, gone.Namespace, gone.Name);
            }

            foreach ((string ns, string name) in wanted)
            {
                if (!_names.ContainsKey((ns, name)))
                {
                    _names[(ns, name)] = new WantedName(ns, name, time.GetTimestamp());
                }
            }

            Balance();
        }
    }

    /// <summary>Those whose answer is not in what was read of the store since <see cref="Look"/>.</summary>
    public ImmutableArray<WantedName> Unknown
    {
        get
        {
            lock (_lock)
            {
                return [.. _names.Values.Where(n => !n.Known)];
            }
        }
    }

    /// <summary>To be called before the store is read.</summary>
    public void Look()
    {
        lock (_lock)
        {
            foreach (WantedName name in _names.Values)
            {
                name.Known = name.Answered;
            }
        }
    }

    /// <summary>Counts as answered from now on.</summary>
    public void GiveUp(WantedName name)
    {
        lock (_lock)
        {
            (name.Answered, name.Known) = (true, true);
        }
    }

    /// <summary>Makes the watches those that are needed for what is wanted.</summary>
    private void Balance()
    {
        bool many = _names.Count > (_typeWatch is null ? Few : Fewer - 1);
        if (many && _typeWatch is null)
        {
            StartType();
        }

        // Where the whole kind may not be read, each is watched by its name, which is a right of its own: until it may.
        bool refused = _types.Any(t => t.IsRefused);
        bool typeTold = _typeWatch is not null && !refused && _types.All(t => t.Mirror.Synced);
        foreach (WantedName name in _names.Values)
        {
            if (!namespaces.IsEmpty && kind.Namespaced && !namespaces.Contains(name.Namespace))
            {
                // Out of sight for us: there is nothing to wait for.
                (name.Answered, name.Known) = (true, true);
                continue;
            }

            name.Answered |= name.Own?.Mirror.Synced == true || (name.OfType && typeTold);
            if (!many || refused)
            {
                if (name.Own is null)
                {
                    StartName(name);
                }
            }
            else if (!name.OfType)
            {
                Ask(name);
            }
            else if (typeTold && name.Own is not null)
            {
                name.Unwatch();
            }
        }

        if (!many && _typeWatch is not null && _names.Values.All(n => n.Own?.Mirror.Synced != false))
        {
            StopType();
        }
    }

    private void StartType()
    {
        _typeWatch = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _types = [.. (namespaces.IsEmpty || !kind.Namespaced ? [null] : namespaces.Select(n => (string?)n)).Select(NewType)];
        foreach (WantedName name in _names.Values)
        {
            // Their list has yet to begin, so it has all that is wanted by now.
            name.OfType = true;
        }
    }

    private WantedWatch NewType(string? ns)
    {
        KindMirror mirror = NewMirror((n, name) => (ns is null || n == ns) && _names.ContainsKey((n, name)));
        var type = new WantedWatch(ns, mirror, _lock, key => _names.GetValueOrDefault(key), Balance);
        watches.Start(resource, new WatchScope(ns), type, _typeWatch!.Token);
        return type;
    }

    private void StopType()
    {
        foreach (WantedWatch type in _types)
        {
            type.End();
        }

        _typeWatch?.Cancel();
        _typeWatch?.Dispose();
        (_typeWatch, _types) = (null, []);
        foreach (WantedName name in _names.Values)
        {
            (name.OfType, name.Asked) = (false, false);
        }
    }

    private void StartName(WantedName name)
    {
        var watch = CancellationTokenSource.CreateLinkedTokenSource(stop);
        KindMirror mirror = NewMirror((ns, n) => ns == name.Namespace && n == name.Name);
        var own = new WantedWatch(
            kind.Namespaced ? name.Namespace : null, mirror, _lock, key => key == (name.Namespace, name.Name) ? name : null, refused: null);
        name.Watch(own, watch);
        watches.Start(
            resource, new WatchScope(kind.Namespaced ? name.Namespace : null, $"metadata.name={name.Name}"), own, watch.Token);
    }

    private KindMirror NewMirror(Func<string, string, bool> covers) =>
        new(store, kind, covers, OnTold, time) { Resource = () => resource };

    private void Ask(WantedName name)
    {
        if (!name.Asked && _types.FirstOrDefault(t => t.Covers(name)) is WantedWatch type)
        {
            name.Asked = true;
            CancellationToken stopped = _typeWatch!.Token;
            watches.Start(() => AskAsync(name, type, stopped), stopped);
        }
    }

    private async Task AskAsync(WantedName name, WantedWatch type, CancellationToken cancel)
    {
        while (!name.Dropped)
        {
            ApiAnswer answer = await watches.Client.GetAsync(resource, kind.Namespaced ? name.Namespace : null, name.Name, cancel).ConfigureAwait(false);
            if (answer.Transient)
            {
                await Task.Delay(AskAgain, time, cancel).ConfigureAwait(false);
                continue;
            }

            lock (_lock)
            {
                if (!type.Answer(name, answer is { Ok: true, Body: not null } ? JsonSerializer.SerializeToUtf8Bytes(answer.Body) : null))
                {
                    return;
                }

                (name.Answered, name.OfType) = (true, true);
            }

            OnTold();
            return;
        }
    }

    private void OnTold()
    {
        lock (_lock)
        {
            Balance();
        }

        changed();
    }
}
