using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Faulting;

internal enum FaultKind
{
    DropBefore,
    DropAfter,
    Refuse,
    Slow,
}

/// <param name="Fits">Null fits all requests.</param>
/// <param name="Times">How many requests it waits for.</param>
internal sealed record Fault(FaultKind Kind, Func<ApiRequest, bool>? Fits, int Times)
{
    public TimeSpan Delay { get; init; }

    public ApiRefusal? Refusal { get; init; }
}
