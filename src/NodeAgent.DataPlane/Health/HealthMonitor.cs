using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Health;

/// <summary>
/// Checks endpoints on the thread pool, never on a worker. An endpoint counts as healthy until so many checks in a row have failed
/// as its settings say, and as unhealthy until so many in a row have succeeded.
/// </summary>
/// <param name="changed">Told when the mind of a check changes; called from the pool.</param>
internal sealed class HealthMonitor(DescriptorBudget budget, Action<HealthTarget, bool> changed) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<HealthTarget, Watch> _watches = [];
    private readonly HealthProbe _probe = new();
    private long _failures;
    private bool _disposed;

    /// <summary>Checks that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>From now on checks these, and no others; what goes on being checked keeps its counts.</summary>
    public void Follow(HashSet<HealthTarget> wanted)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            foreach (HealthTarget gone in _watches.Keys.Where(k => !wanted.Contains(k)).ToArray())
            {
                _watches.Remove(gone, out Watch? watch);
                watch!.Stop.Cancel();
            }

            foreach (HealthTarget target in wanted)
            {
                if (!_watches.ContainsKey(target))
                {
                    var stop = new CancellationTokenSource();
                    _watches[target] = new Watch(stop, Task.Run(() => WatchAsync(target, stop.Token)));
                }
            }
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
        _probe.Dispose();
    }

    private async Task WatchAsync(HealthTarget target, CancellationToken stop)
    {
        bool healthy = true;
        int run = 0;
        try
        {
            // Agents and endpoints must not all begin in the same moment.
            await Task.Delay(Random.Shared.Next((target.Check.IntervalMs / 10) + 1), stop);
            while (true)
            {
                if (await CheckAsync(target, stop) is bool good)
                {
                    run = good == healthy ? 0 : run + 1;
                    if (run >= (healthy ? target.Check.UnhealthyThreshold : target.Check.HealthyThreshold))
                    {
                        healthy = good;
                        run = 0;
                        changed(target, healthy);
                    }
                }

                await Task.Delay(target.Check.IntervalMs, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody asks any more.
        }
    }

    /// <returns>Null: it could not be checked, which says nothing of the endpoint.</returns>
    private async Task<bool?> CheckAsync(HealthTarget target, CancellationToken stop)
    {
        if (!budget.TryTake(1))
        {
            return null;
        }

        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(target.Check.TimeoutMs);
            bool good = await _probe.IsGoodAsync(target, patience.Token);
            stop.ThrowIfCancellationRequested();
            if (!good)
            {
                Interlocked.Increment(ref _failures);
            }

            return good;
        }
        finally
        {
            budget.Give(1);
        }
    }

    private sealed record Watch(CancellationTokenSource Stop, Task Running);
}
