using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Faulting;

namespace NodeAgent.TestCluster;

/// <summary>What goes wrong, when told so. Faults are met in the order in which they were added; the first that fits a request is the one it meets.</summary>
public sealed class Faults
{
    private readonly Lock gate = new();

    private readonly List<Fault> waiting = [];

    private readonly List<WatchHandle> watches = [];

    private readonly Action expire;

    private bool stalled;

    internal Faults(Action expire) => this.expire = expire;

    /// <summary>How many requests met a fault.</summary>
    public int Met { get; private set; }

    /// <summary>Faults that no request has met yet, each as often as it still waits.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Sum(f => f.Times);
            }
        }
    }

    /// <summary>How many watches run now.</summary>
    public int Watches
    {
        get
        {
            lock (gate)
            {
                return watches.Count;
            }
        }
    }

    /// <summary>Cuts the connections of the next requests that fit, before they have any effect.</summary>
    public void DropBefore(int times, Func<ApiRequest, bool>? fits = null) => Add(new Fault(FaultKind.DropBefore, fits, times));

    /// <summary>Lets the next requests that fit take effect, and cuts their connections instead of answering.</summary>
    public void DropAfter(int times, Func<ApiRequest, bool>? fits = null) => Add(new Fault(FaultKind.DropAfter, fits, times));

    /// <summary>Answers the next requests that fit with an error: 409, 410, 429, 500, 503 or 504.</summary>
    /// <param name="retryAfterSeconds">Sent as Retry-After, with 429 and 503 only.</param>
    public void Answer(int code, int times, Func<ApiRequest, bool>? fits = null, int retryAfterSeconds = 1) => Add(new Fault(FaultKind.Refuse, fits, times) { Refusal = Refusal(code, retryAfterSeconds) });

    /// <summary>Answers the next requests that fit later than it could.</summary>
    public void Slow(TimeSpan delay, int times, Func<ApiRequest, bool>? fits = null) => Add(new Fault(FaultKind.Slow, fits, times) { Delay = delay });

    /// <summary>Forgets the past: watches that resume from before now, and lists that continue, get 410.</summary>
    public void ExpireHistory() => expire();

    /// <summary>Cuts the watches that run now and fit.</summary>
    /// <returns>How many.</returns>
    public int BreakWatches(Func<ApiRequest, bool>? fits = null)
    {
        lock (gate)
        {
            WatchHandle[] broken = [.. watches.Where(w => fits is null || fits(w.Request))];
            foreach (WatchHandle watch in broken)
            {
                watch.Break();
            }

            return broken.Length;
        }
    }

    /// <summary>Lets watches, present and future ones, tell nothing until <see cref="ResumeWatches"/>. Their connections stay.</summary>
    public void StallWatches()
    {
        lock (gate)
        {
            stalled = true;
            watches.ForEach(w => w.Stall());
        }
    }

    public void ResumeWatches()
    {
        lock (gate)
        {
            stalled = false;
            watches.ForEach(w => w.Resume());
        }
    }

    /// <summary>Takes back all faults that wait.</summary>
    public void Clear()
    {
        lock (gate)
        {
            waiting.Clear();
        }

        ResumeWatches();
    }

    internal Fault? Take(ApiRequest request)
    {
        lock (gate)
        {
            int at = waiting.FindIndex(f => f.Fits is null || f.Fits(request));
            if (at < 0)
            {
                return null;
            }

            Fault fault = waiting[at];
            Met++;
            if (fault.Times > 1)
            {
                waiting[at] = fault with { Times = fault.Times - 1 };
            }
            else
            {
                waiting.RemoveAt(at);
            }

            return fault;
        }
    }

    internal WatchHandle Enter(ApiRequest request, CancellationTokenSource ending)
    {
        lock (gate)
        {
            var handle = new WatchHandle(request, ending, Leave);
            if (stalled)
            {
                handle.Stall();
            }

            watches.Add(handle);
            return handle;
        }
    }

    private void Leave(WatchHandle handle)
    {
        lock (gate)
        {
            watches.Remove(handle);
        }
    }

    private void Add(Fault fault)
    {
        lock (gate)
        {
            waiting.Add(fault);
        }
    }

    private static ApiRefusal Refusal(int code, int retryAfterSeconds)
    {
        var retry = new JsonObject { ["retryAfterSeconds"] = retryAfterSeconds };
        return code switch
        {
            409 => new ApiRefusal(409, "Conflict", "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again"),
            410 => Refusals.Expired("The resourceVersion for the provided watch is too old."),
            429 => new ApiRefusal(429, "TooManyRequests", "The server is currently unable to handle the request: too many requests, please try again later", retry),
            503 => new ApiRefusal(503, "ServiceUnavailable", "the server is currently unable to handle the request", retry),
            504 => new ApiRefusal(504, "Timeout", "Timeout: request did not complete within the allotted timeout"),
            500 => Refusals.Internal("injected"),
            _ => new ApiRefusal(code, "Unknown", "the server refused for a test"),
        };
    }
}
