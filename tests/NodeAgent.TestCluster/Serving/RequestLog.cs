namespace NodeAgent.TestCluster;

/// <summary>A request that was answered, or a watch that began.</summary>
/// <param name="Code">HTTP status; 0 when the connection ended without an answer.</param>
/// <param name="At">By the server's clock.</param>
public sealed record LoggedRequest(ApiRequest Request, int Code, DateTimeOffset At)
{
    /// <summary>The beginning of a watch; its end is logged as well, without this.</summary>
    public bool Started { get; init; }
}

/// <summary>All requests since the start, in the order of their ends.</summary>
public sealed class RequestLog
{
    private readonly Lock gate = new();

    private readonly List<LoggedRequest> requests = [];

    private readonly List<(Func<LoggedRequest, bool> Like, TaskCompletionSource<LoggedRequest> Found)> waiting = [];

    /// <summary>A copy of the log.</summary>
    public IReadOnlyList<LoggedRequest> All
    {
        get
        {
            lock (gate)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>How many were like this.</summary>
    public int Count(Func<LoggedRequest, bool> like)
    {
        lock (gate)
        {
            return requests.Count(like);
        }
    }

    /// <summary>Writes (other than dry runs) of a status that took place.</summary>
    /// <param name="name">Null for all objects of the resource.</param>
    public int StatusWrites(string plural, string? ns = null, string? name = null) => Count(r =>
        r.Request.Subresource == "status" && r.Request.Verb is "update" or "patch" && r.Request.Resource == plural && r.Code is 200 or 201
        && !r.Request.Query.Contains("dryRun", StringComparison.Ordinal)
        && (ns is null || r.Request.Namespace == ns) && (name is null || r.Request.Name == name));

    /// <summary>Waits for a request that is logged from now on.</summary>
    public async Task<LoggedRequest> NextAsync(Func<LoggedRequest, bool> like, CancellationToken cancel)
    {
        var found = new TaskCompletionSource<LoggedRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add((like, found));
        }

        try
        {
            return await found.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                waiting.RemoveAll(w => w.Found == found);
            }
        }
    }

    /// <summary>Forgets all requests.</summary>
    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
        }
    }

    internal void Add(LoggedRequest request)
    {
        lock (gate)
        {
            requests.Add(request);
            foreach ((Func<LoggedRequest, bool> like, TaskCompletionSource<LoggedRequest> found) in waiting)
            {
                if (like(request))
                {
                    found.TrySetResult(request);
                }
            }
        }
    }
}
