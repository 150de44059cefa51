namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>One run of a program, for all who wait for it.</summary>
internal sealed class ExecRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _late;

    /// <param name="run">Ends the program with its token, and then itself.</param>
    public ExecRun(Func<CancellationToken, Task<CredentialAnswer>> run, TimeSpan patience, TimeProvider time)
    {
        _late = new CancellationTokenSource(patience, time);

        // Starting a process takes a while.
        Answer = Task.Run(() => run(_late.Token));
    }

    public Task<CredentialAnswer> Answer { get; }

    /// <summary>Guarded by the lock of whoever began it.</summary>
    public int Waiting { get; set; }

    /// <summary>Ends the program where it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _late.CancelAsync();
        await Answer;
        _late.Dispose();
    }
}
