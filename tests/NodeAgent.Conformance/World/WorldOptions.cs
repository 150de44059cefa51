namespace NodeAgent.Conformance.World;

/// <summary>How a <see cref="ConformanceWorld"/> is.</summary>
public sealed record WorldOptions
{
    /// <summary>The executable under test.</summary>
    public required string Executable { get; init; }

    /// <summary>Flags of the executable beside those that the world gives.</summary>
    public IReadOnlyList<string> MoreFlags { get; init; } = [];

    /// <summary>How long the gateway may take until statuses and answers are as wanted.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
