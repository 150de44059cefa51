namespace NodeAgent.TestCluster.Faulting;

/// <summary>A running watch, for faults to act on. Only <see cref="Faults"/> calls it, under its lock, but for <see cref="HoldAsync"/>.</summary>
internal sealed class WatchHandle(ApiRequest request, CancellationTokenSource ending, Action<WatchHandle> leave) : IDisposable
{
    private volatile TaskCompletionSource? stall;

    public ApiRequest Request { get; } = request;

    public void Break() => ending.Cancel();

    public void Stall() => stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        stall?.TrySetResult();
        stall = null;
    }

    /// <summary>Awaits the end of a stall; done at once when there is none.</summary>
    public ValueTask HoldAsync(CancellationToken cancel) => stall is { } waiting ? new ValueTask(waiting.Task.WaitAsync(cancel)) : ValueTask.CompletedTask;

    public void Dispose() => leave(this);
}
