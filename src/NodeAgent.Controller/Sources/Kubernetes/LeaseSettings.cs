namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Which Lease is contended for, by whom.</summary>
/// <param name="Identity">Of this process alone: a name that a restarted process has again would have it wait for itself.</param>
public sealed record LeaseSettings(string Namespace, string Name, string Identity)
{
    /// <summary>A Lease that others see unchanged for so long may be taken from its holder. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Counted from when the last successful renewal was sent, the holder leads no longer. What is between this and
    /// <see cref="LeaseDuration"/> is for the requests that it has under way, and for clocks of unequal speed.
    /// </summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two renewals, and between two looks of a candidate; with jitter.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
