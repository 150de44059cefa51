namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Pauses that double from <paramref name="min"/> to <paramref name="max"/>, each shortened at random by up to a half.</summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max, TimeProvider time)
{
    private int _failures;

    public TimeSpan Max { get; set; } = max;

    public void Reset() => _failures = 0;

    /// <param name="atLeast">What a server asked for.</param>
    public Task PauseAsync(CancellationToken cancel, TimeSpan? atLeast = null) => Task.Delay(Next(atLeast), time, cancel);

    /// <returns>The pause that comes next, which counts as made.</returns>
    public TimeSpan Next(TimeSpan? atLeast)
    {
        double seconds = Math.Min(Max.TotalSeconds, min.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30)));
        TimeSpan pause = TimeSpan.FromSeconds(seconds * Jitter(0.5, 1));
        return atLeast > pause ? TimeSpan.FromTicks(Math.Min(atLeast.Value.Ticks, Max.Ticks)) : pause;
    }

    /// <summary>Many clients that meet the same trouble must not all come back at the same time.</summary>
    public static double Jitter(double from, double to) => from + ((to - from) * Random.Shared.NextDouble());
}
