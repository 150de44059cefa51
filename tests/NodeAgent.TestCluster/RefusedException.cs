namespace NodeAgent.TestCluster;

/// <summary>The server refuses what a test asked of it directly.</summary>
/// <param name="code">HTTP status that a client would have got.</param>
/// <param name="reason">As in a Status, such as Invalid or NotFound.</param>
public sealed class RefusedException(int code, string reason, string message) : Exception($"{code} {reason}: {message}")
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;
}
