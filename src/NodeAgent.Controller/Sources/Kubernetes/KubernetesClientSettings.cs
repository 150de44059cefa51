namespace NodeAgent.Controller.Sources.Kubernetes;

public sealed record KubernetesClientSettings
{
    /// <summary>For one request with all its repetitions, from when it may go and has credentials to the end of its answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests per second in the long run. Watches and Leases do not count.</summary>
    public double RequestsPerSecond { get; init; } = 200;

    /// <summary>Requests that may go at once after a pause.</summary>
    public int Burst { get; init; } = 400;

    /// <summary>Sent as <c>nodeagent/VERSION</c>.</summary>
    public string Version { get; init; } = typeof(KubernetesClientSettings).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Whose fields server-side apply says they are.</summary>
    public string FieldManager { get; init; } = "nodeagent";

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>A watch ends itself after a random time between this and its double, so that load spreads over servers.</summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch that has not ended so long after its time is dead.</summary>
    public TimeSpan WatchSlack { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A connection without a byte for so long is asked whether its peer lives. At least 1 s.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A peer that does not answer to that for so long is dead. At least 1 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first pause after a failure; each further one is twice as long, with jitter.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(0.2);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);
}
