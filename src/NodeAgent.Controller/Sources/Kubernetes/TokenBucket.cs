namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>A client-side rate limit that serves in order of arrival. Time is monotonic. Safe for any thread.</summary>
/// <param name="perSecond">Requests per second in the long run.</param>
/// <param name="burst">How many may go at once after a pause.</param>
internal sealed class TokenBucket(double perSecond, int burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();

    // When the bucket would be full, in seconds since the start: each request moves it on, and so books its place.
    private double _fullAt;

    /// <returns>How long the caller was kept waiting.</returns>
    public async ValueTask<TimeSpan> TakeAsync(CancellationToken cancel)
    {
        TimeSpan wait;
        lock (_lock)
        {
            double now = time.GetElapsedTime(_start).TotalSeconds;
            _fullAt = Math.Max(_fullAt, now) + (1 / perSecond);
            wait = TimeSpan.FromSeconds(Math.Max(0, _fullAt - now - (burst / perSecond)));
        }

        if (wait > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(wait, time, cancel);
            }
            catch (OperationCanceledException)
            {
                // Its place is for others: many who give up at once must not keep those after them waiting.
                lock (_lock)
                {
                    _fullAt -= 1 / perSecond;
                }

                throw;
            }
        }

        return wait;
    }
}
