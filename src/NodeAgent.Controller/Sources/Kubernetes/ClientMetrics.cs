using System.Collections.Immutable;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>.</param>
/// <param name="Resource">The plural, with its subresource: <c>httproutes/status</c>.</param>
/// <param name="Code">The HTTP status; 0 where there was no answer.</param>
public readonly record struct RequestCount(string Verb, string Resource, int Code, long Count);

/// <param name="Buckets">Requests that took up to the bound of <see cref="ClientMetrics.LatencyBounds"/>, not cumulated; one more for the rest.</param>
public sealed record RequestLatency(string Verb, ImmutableArray<long> Buckets, double SumSeconds);

/// <summary>What a client did since it was made. Safe for any thread.</summary>
public sealed class ClientMetrics
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Verb, string Resource, int Code), long> _requests = [];
    private readonly SortedDictionary<string, (long[] Buckets, double Sum)> _latencies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _restarts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _relists = new(StringComparer.Ordinal);
    private long _rateLimited;
    private double _rateLimitWait;

    /// <summary>Upper bounds in seconds.</summary>
    public static ImmutableArray<double> LatencyBounds { get; } = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

    /// <summary>In order of verb, resource and code.</summary>
    public ImmutableArray<RequestCount> Requests => Locked(() => _requests.Select(r => new RequestCount(r.Key.Verb, r.Key.Resource, r.Key.Code, r.Value)));

    /// <summary>In order of verb. A watch counts until its first answer.</summary>
    public ImmutableArray<RequestLatency> Latencies => Locked(() => _latencies.Select(l => new RequestLatency(l.Key, [.. l.Value.Buckets], l.Value.Sum)));

    /// <summary>Watches that began again where the one before had ended, by plural.</summary>
    public ImmutableArray<KeyValuePair<string, long>> WatchRestarts => Locked(() => _restarts);

    /// <summary>Lists that were read again because the history they stood in was lost, by plural.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Relists => Locked(() => _relists);

    /// <summary>Requests that had to wait for the client-side rate limit, and how long in all.</summary>
    public (long Requests, double Seconds) RateLimitWait
    {
        get
        {
            lock (_lock)
            {
                return (_rateLimited, _rateLimitWait);
            }
        }
    }

    internal void CountRequest(string verb, string resource, int code, TimeSpan took)
    {
        int bucket = 0;
        while (bucket < LatencyBounds.Length && took.TotalSeconds > LatencyBounds[bucket])
        {
            bucket++;
        }

        lock (_lock)
        {
            _requests[(verb, resource, code)] = _requests.GetValueOrDefault((verb, resource, code)) + 1;
            if (!_latencies.TryGetValue(verb, out (long[] Buckets, double Sum) latency))
            {
                latency = (new long[LatencyBounds.Length + 1], 0);
            }

            latency.Buckets[bucket]++;
            _latencies[verb] = (latency.Buckets, latency.Sum + took.TotalSeconds);
        }
    }

    internal void CountWait(TimeSpan wait)
    {
        lock (_lock)
        {
            _rateLimited++;
            _rateLimitWait += wait.TotalSeconds;
        }
    }

    internal void CountRestart(string resource) => Count(_restarts, resource);

    internal void CountRelist(string resource) => Count(_relists, resource);

    private void Count(SortedDictionary<string, long> counts, string resource)
    {
        lock (_lock)
        {
            counts[resource] = counts.GetValueOrDefault(resource) + 1;
        }
    }

    private ImmutableArray<T> Locked<T>(Func<IEnumerable<T>> read)
    {
        lock (_lock)
        {
            return [.. read()];
        }
    }
}
