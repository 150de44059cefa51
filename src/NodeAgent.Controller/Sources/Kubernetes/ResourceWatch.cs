using System.Globalization;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Follows one resource for as long as it runs: (1) lists it in pages, item by item; (2) watches from where the list
/// stood, with bookmarks; (3) resumes a watch that ended or broke from the last version seen; (4) lists again when that
/// version is no longer in the server's history, or when what came cannot be understood. What is told is in the order
/// of the server. Only monotonic time counts.
/// </summary>
public sealed class ResourceWatch
{
    /// <summary>A watch that lived so long was a success: what comes after it starts without a pause.</summary>
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(1);

    /// <summary>The same where a list has to follow, which costs the server more.</summary>
    private static readonly TimeSpan HealthyBeforeList = TimeSpan.FromSeconds(30);

    private readonly KubernetesClient _client;
    private readonly ApiResource _resource;
    private readonly WatchScope _scope;
    private readonly IWatchHandler _handler;
    private readonly WatchTrouble _trouble;
    private readonly Backoff _backoff;

    public ResourceWatch(KubernetesClient client, ApiResource resource, WatchScope scope, IWatchHandler handler)
        : this(client, resource, scope, handler, new WatchTrouble(handler))
    {
    }

    internal ResourceWatch(KubernetesClient client, ApiResource resource, WatchScope scope, IWatchHandler handler, WatchTrouble trouble)
    {
        _client = client;
        _resource = resource;
        _scope = scope;
        _handler = handler;
        _trouble = trouble;
        _backoff = new Backoff(client.Settings.MinBackoff, client.Settings.MaxBackoff, client.Time);
    }

    /// <summary>What a request accepts; for a watch that needs only the metadata of its objects.</summary>
    internal string Accept { get; init; } = "application/json";

    /// <summary>Every API server has the resource: one that does not know it is none, or none at the moment.</summary>
    internal bool AlwaysServed { get; init; }

    private enum Next
    {
        Resume,
        Relist,
        NotServed,
    }

    /// <summary>Runs until it is cancelled, and then just ends.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await FollowAsync(cancel);
                if (AlwaysServed)
                {
                    _trouble.Tell($"{Name}: the server answers that it has no such resource (404), is this an API server?");
                    await _backoff.PauseAsync(cancel);
                }
                else
                {
                    _handler.NotServed();
                    await Task.Delay(TimeSpan.FromSeconds(Backoff.Jitter(5, 10)), _client.Time, cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Ends when the server says twice in a row that it does not serve the resource.</summary>
    internal async Task FollowAsync(CancellationToken cancel)
    {
        string? version = null;
        int absent = 0;
        while (absent < 2)
        {
            (Next next, version) = version is null ? await ListAsync(cancel) : await WatchAsync(version, cancel);
            absent = next == Next.NotServed ? absent + 1 : 0;
            if (next == Next.NotServed)
            {
                // A server that has just started may not know yet what it serves, and all objects would be gone at once.
                version = null;
                await Task.Delay(TimeSpan.FromSeconds(1), _client.Time, cancel);
            }
        }
    }

    private async Task<(Next Next, string? Version)> ListAsync(CancellationToken cancel)
    {
        var list = new ResourceList(_client, _resource, _scope, Accept);
        ListEnd end = await list.ReadAsync(_handler, cancel);
        if (end.Version is not null)
        {
            _trouble.Over();
            return (Next.Resume, end.Version);
        }

        if (end.Answer.NotFound)
        {
            return (Next.NotServed, null);
        }

        if (IsExpired(end.Answer))
        {
            // Pages are kept for some minutes only; that is no trouble yet.
            _client.Metrics.CountRelist(_resource.Plural);
        }
        else
        {
            Tell(end.Answer, "list");
        }

        await _backoff.PauseAsync(cancel, end.RetryAfter);
        return (Next.Relist, null);
    }

    private async Task<(Next Next, string? Version)> WatchAsync(string version, CancellationToken cancel)
    {
        KubernetesClientSettings settings = _client.Settings;
        TimeSpan time = settings.WatchTime * Backoff.Jitter(1, 2);
        string query = _scope.Query(
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", version),
            ("timeoutSeconds", Math.Max(1, (int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        var request = new KubernetesRequest("watch", HttpMethod.Get, $"{_resource.PathOf(_scope.Namespace)}?{query}", _resource.Plural)
        {
            Accept = Accept,
            Prior = true,
        };
        long start = _client.Time.GetTimestamp();
        using ApiStream opened = await _client.OpenAsync(request, cancel);
        if (opened.Response is not HttpResponseMessage response)
        {
            return await RefusedAsync(opened, version, cancel);
        }

        _trouble.Over();
        using var dead = new CancellationTokenSource(time + settings.WatchSlack, _client.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, dead.Token);
        var run = new WatchRun(_handler, version);
        WatchStop stop = await run.ReadAsync(response, both.Token, cancel);
        bool healthy = _client.Time.GetElapsedTime(start) >= (stop == WatchStop.Ended ? Healthy : HealthyBeforeList);
        if (healthy || (stop == WatchStop.Ended && run.Progress))
        {
            _backoff.Reset();
        }

        if (stop == WatchStop.Ended)
        {
            _client.Metrics.CountRestart(_resource.Plural);
        }
        else
        {
            _client.Metrics.CountRelist(_resource.Plural);
        }

        if (!healthy)
        {
            await _backoff.PauseAsync(cancel);
        }

        return stop == WatchStop.Ended ? (Next.Resume, run.Version) : (Next.Relist, null);
    }

    private async Task<(Next Next, string? Version)> RefusedAsync(ApiStream refused, string version, CancellationToken cancel)
    {
        ApiAnswer answer = refused.Answer;
        if (IsExpired(answer))
        {
            _client.Metrics.CountRelist(_resource.Plural);
            await _backoff.PauseAsync(cancel, refused.RetryAfter);
            return (Next.Relist, null);
        }

        if (answer.NotFound)
        {
            return (Next.NotServed, null);
        }

        Tell(answer, "watch");
        await _backoff.PauseAsync(cancel, refused.RetryAfter);

        // A version that the server cannot read, or that is in its future (504) since it was restored from a backup.
        return answer.Status is 400 or 422 or 504 ? (Next.Relist, null) : (Next.Resume, version);
    }

    private void Tell(ApiAnswer answer, string verb)
    {
        _trouble.Tell(Told(answer, verb));
        if (answer.Status == 403)
        {
            _handler.Refused();
        }
    }

    private string Name => _resource.Group.Length == 0 ? _resource.Plural : $"{_resource.Plural}.{_resource.Group}";

    private static bool IsExpired(ApiAnswer answer) => answer.Status == 410 || answer.Reason is "Expired" or "Gone";

    private string Told(ApiAnswer answer, string verb)
    {
        string where = _scope.Namespace is string ns ? $"in namespace {ns}" : "in all namespaces";
        return answer.Status == 403
            ? $"{Name}: not allowed to {verb} {where}, grant verb {verb} on resource {_resource.Plural} of API group \"{_resource.Group}\" ({answer.Message})"
            : $"{Name}: {verb} {where} fails: {answer.Message}";
    }
}
