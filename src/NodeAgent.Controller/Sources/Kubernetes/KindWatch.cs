using System.Collections.Immutable;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Follows one kind, whichever of its versions the server serves: waits until there is one, moves to another when the
/// served versions change, and waits again when the kind goes.
/// </summary>
/// <param name="versions">In order of preference.</param>
public sealed class KindWatch(
    KubernetesClient client, ApiDiscovery discovery, string group, string kind, ImmutableArray<string> versions, WatchScope scope, IWatchHandler handler)
{
    /// <summary>Between two looks for a kind that is not served, where nobody tells of its CustomResourceDefinition.</summary>
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    /// <summary>The same where its CustomResourceDefinition is told.</summary>
    private static readonly TimeSpan MaxBackoffFollowing = TimeSpan.FromMinutes(1);

    /// <summary>How long after its CustomResourceDefinition changed a server surely serves it so.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly WatchTrouble _trouble = new(handler);
    private ApiResource? _resource;
    private bool _toldNotServed;

    /// <summary>What is followed at the moment; null while the kind is not served.</summary>
    public ApiResource? Resource => Volatile.Read(ref _resource);

    /// <summary>Runs until it is cancelled, and then just ends.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            var backoff = new Backoff(client.Settings.MinBackoff, MaxBackoff, client.Time);
            while (true)
            {
                long seen = discovery.Seen(group);
                DiscoveryAnswer answer = await discovery.LookAsync(group, kind, versions, cancel);
                if (answer.Resource is ApiResource resource)
                {
                    backoff.Reset();
                    await FollowAsync(resource, seen, cancel);
                }
                else
                {
                    TellAbsent(answer.Problem);
                    backoff.Max = discovery.Follows && answer.Problem.Length == 0 ? MaxBackoffFollowing : MaxBackoff;
                    await AnyOfAsync(stop => discovery.ChangedAsync(group, seen, stop), stop => backoff.PauseAsync(stop), cancel);
                    if (discovery.Seen(group) != seen)
                    {
                        // A definition may be told some moments before its kind is served.
                        backoff.Reset();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private void TellAbsent(string problem)
    {
        if (problem.Length > 0)
        {
            // A server that cannot say serves what it served.
            _trouble.Tell($"{(group.Length == 0 ? kind : $"{kind}.{group}")}: cannot be looked up: {problem}");
            return;
        }

        _trouble.Over();
        Volatile.Write(ref _resource, null);
        if (!_toldNotServed)
        {
            _toldNotServed = true;
            handler.NotServed();
        }
    }

    /// <summary>Ends when the server does not serve the resource any more, or serves one that is preferred.</summary>
    private async Task FollowAsync(ApiResource resource, long seen, CancellationToken cancel)
    {
        Volatile.Write(ref _resource, resource);
        _toldNotServed = false;
        var watch = new ResourceWatch(client, resource, scope, handler, _trouble);
        await AnyOfAsync(watch.FollowAsync, stop => MovedAsync(resource, seen, stop), cancel);
    }

    private async Task MovedAsync(ApiResource resource, long seen, CancellationToken cancel)
    {
        bool settled = true;
        while (true)
        {
            TimeSpan pause = !settled ? Settling
                : discovery.Follows ? TimeSpan.FromMinutes(Backoff.Jitter(5, 10))
                : TimeSpan.FromSeconds(Backoff.Jitter(30, 60));
            await AnyOfAsync(stop => discovery.ChangedAsync(group, seen, stop), stop => Task.Delay(pause, client.Time, stop), cancel);
            long now = discovery.Seen(group);
            settled = now == seen;
            seen = now;
            DiscoveryAnswer answer = await discovery.LookAsync(group, kind, versions, cancel);
            if (answer.Resource is ApiResource found && found != resource)
            {
                return;
            }
        }
    }

    /// <summary>Ends with the first of them, when the other has ended, too.</summary>
    private static async Task AnyOfAsync(Func<CancellationToken, Task> first, Func<CancellationToken, Task> second, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task one = first(stop.Token);
        Task two = second(stop.Token);
        Task ended = await Task.WhenAny(one, two);
        await stop.CancelAsync();
        await Task.WhenAll(one, two).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
        if ((ended == one ? two : one).Exception is AggregateException fault)
        {
            throw fault;
        }
    }
}
