using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Resolving;

/// <summary>
/// Resolves host names again and again, on the thread pool. The last good answer stays while the name server fails, and also when it
/// says that the name is gone: a backend is taken away by an edit, not by an outage.
/// </summary>
/// <param name="lookup">The system's resolver; it knows /etc/hosts and search paths, but not how long its answers hold.</param>
/// <param name="nodeOnly">Whether an address that only this node reaches counts; see <see cref="DataPlaneOptions.NodeOnlyBackends"/>.</param>
/// <param name="changed">Told of an answer that differs from the one before; called from the pool.</param>
internal sealed class HostResolver(
    Func<string, CancellationToken, Task<IPAddress[]>> lookup,
    bool nodeOnly,
    Action<string, ImmutableArray<IPAddress>> changed) : IAsyncDisposable
{
    /// <summary>A lookup that takes longer has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watch> _watches = new(StringComparer.Ordinal);
    private long _resolved;
    private long _failed;
    private bool _disposed;

    public long Resolved => Interlocked.Read(ref _resolved);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>From now on resolves these names, each so often, and no others.</summary>
    /// <returns>The names that are followed no more.</returns>
    public IReadOnlyList<string> Follow(ImmutableDictionary<string, TimeSpan> wanted)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return [];
            }

            string[] gone = [.. _watches.Keys.Where(k => !wanted.ContainsKey(k))];
            foreach (string name in gone)
            {
                _watches.Remove(name, out Watch? watch);
                watch!.Stop.Cancel();
            }

            foreach ((string name, TimeSpan interval) in wanted)
            {
                if (_watches.TryGetValue(name, out Watch? known))
                {
                    known.Interval = interval;
                }
                else
                {
                    var watch = new Watch { Interval = interval };
                    watch.Running = Task.Run(() => WatchAsync(name, watch));
                    _watches[name] = watch;
                }
            }

            return gone;
        }
    }

    /// <summary>Completes when every name has been asked for once, whatever the answer, or after <paramref name="patience"/>.</summary>
    public async Task FirstAnswersAsync(TimeSpan patience)
    {
        Task[] first;
        lock (_gate)
        {
            first = [.. _watches.Values.Select(w => w.First.Task).Where(t => !t.IsCompleted)];
        }

        if (first.Length > 0)
        {
            await Task.WhenAny(Task.WhenAll(first), Task.Delay(patience));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Watch[] watches;
        lock (_gate)
        {
            _disposed = true;
            watches = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (Watch watch in watches)
        {
            await watch.Stop.CancelAsync();
        }

        await Task.WhenAll(watches.Select(w => w.Running));
    }

    private async Task WatchAsync(string name, Watch watch)
    {
        CancellationToken stop = watch.Stop.Token;
        ImmutableArray<IPAddress> last = [];
        try
        {
            while (true)
            {
                ImmutableArray<IPAddress> found = await LookUpAsync(name, stop);
                if (!found.IsEmpty && !found.SequenceEqual(last))
                {
                    last = found;
                    changed(name, found);
                }

                watch.First.TrySetResult();
                await Task.Delay(watch.Interval, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            watch.First.TrySetResult();
        }
    }

    /// <returns>Sorted; empty when there is no answer to go by.</returns>
    private async Task<ImmutableArray<IPAddress>> LookUpAsync(string name, CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience);
            IPAddress[] found = await lookup(name, patience.Token);
            stop.ThrowIfCancellationRequested();
            ImmutableArray<IPAddress> usable =
            [
                .. found.Select(a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a).Distinct()
                    .Where(a => nodeOnly || NodeOnlyAddress.Describe(a) is null)
                    .OrderBy(a => a.AddressFamily).ThenBy(a => a.ToString(), StringComparer.Ordinal),
            ];
            Interlocked.Increment(ref usable.IsEmpty ? ref _failed : ref _resolved);
            return usable;
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Interlocked.Increment(ref _failed);
            return [];
        }
    }

    private sealed class Watch
    {
        public CancellationTokenSource Stop { get; } = new();

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Read before each wait.</summary>
        public TimeSpan Interval { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
