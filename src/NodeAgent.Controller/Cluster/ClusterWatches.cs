using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>The watches of a cluster that run, until all of them are told to end.</summary>
internal sealed partial class ClusterWatches(KubernetesClient client, ApiDiscovery discovery, ILogger log)
{
    private readonly ConcurrentDictionary<Task, bool> _running = [];

    public KubernetesClient Client => client;

    /// <summary>Waits until the kind is served, and follows it, whatever becomes of its versions.</summary>
    public Task FollowAsync(KindMirror mirror, WatchScope scope, CancellationToken cancel)
    {
        var watch = new KindWatch(client, discovery, mirror.Kind.Group, mirror.Kind.Kind, mirror.Kind.Versions, scope, mirror);
        mirror.Resource = () => watch.Resource;
        return watch.RunAsync(cancel);
    }

    /// <summary>Begins to follow a resource that every API server has.</summary>
    public void Start(ApiResource resource, WatchScope scope, IWatchHandler handler, CancellationToken cancel) =>
        Start(() => new ResourceWatch(client, resource, scope, handler).RunAsync(cancel));

    /// <summary>Runs in the background; <see cref="EndAsync"/> waits for it.</summary>
    public void Start(Func<Task> work)
    {
        Task task = GuardAsync(work);
        _running[task] = true;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Ends when all that were started have; they must have been cancelled.</summary>
    public Task EndAsync() => Task.WhenAll(_running.Keys);

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            // Whoever starts it may hold a lock that the work needs.
            await Task.Yield();
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
        catch (Exception e)
        {
            LogFailure(log, e);
        }
    }

    [LoggerMessage(40, LogLevel.Error, "a watch has ended that should not have")]
    private static partial void LogFailure(ILogger log, Exception cause);
}
