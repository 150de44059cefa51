using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>The watches of a cluster that run, until all of them are told to end.</summary>
internal sealed partial class ClusterWatches(KubernetesClient client, ApiDiscovery discovery, ILogger log)
{
    /// <summary>Between two beginnings of a watch that fails by a mistake of ours.</summary>
    private static readonly (TimeSpan Min, TimeSpan Max) Pauses = (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));

    private readonly ConcurrentDictionary<Task, bool> _running = [];

    public KubernetesClient Client => client;

    /// <summary>Waits until the kind is served, and follows it, whatever becomes of its versions.</summary>
    public Task FollowAsync(KindMirror mirror, WatchScope scope, CancellationToken cancel)
    {
        var watch = new KindWatch(client, discovery, mirror.Kind.Group, mirror.Kind.Kind, mirror.Kind.Versions, scope, mirror);
        mirror.Resource = () => watch.Resource;
        return GuardAsync(() => watch.RunAsync(cancel), cancel);
    }

    /// <summary>Begins to follow a resource that every API server has.</summary>
    public void Start(ApiResource resource, WatchScope scope, IWatchHandler handler, CancellationToken cancel) =>
        Start(() => new ResourceWatch(client, resource, scope, handler) { AlwaysServed = true }.RunAsync(cancel), cancel);

    /// <summary>Runs in the background; <see cref="EndAsync"/> waits for it.</summary>
    public void Start(Func<Task> work, CancellationToken cancel)
    {
        Task task = GuardAsync(work, cancel);
        _running[task] = true;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Ends when all that were started have; they must have been cancelled.</summary>
    public Task EndAsync() => Task.WhenAll(_running.Keys);

    /// <summary>A mistake of ours in what a watch tells must not end it: nobody would hear of its objects any more.</summary>
    private async Task GuardAsync(Func<Task> work, CancellationToken cancel)
    {
        var backoff = new Backoff(Pauses.Min, Pauses.Max, client.Time);
        string? failure = null;
        try
        {
            // Whoever starts it may hold a lock that the work needs.
            await Task.Yield();
            while (!await TryAsync())
            {
                await backoff.PauseAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }

        async Task<bool> TryAsync()
        {
            try
            {
                await work().ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                if (failure != e.Message)
                {
                    LogFailure(log, e);
                }

                failure = e.Message;
                return false;
            }
        }
    }

    [LoggerMessage(40, LogLevel.Error, "a watch has failed that should not have, and begins again")]
    private static partial void LogFailure(ILogger log, Exception cause);
}
