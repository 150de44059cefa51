using System.Threading.Tasks.Sources;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>A request that waits until an endpoint has room for one more connection. Woken by any thread, goes on on its worker.</summary>
internal sealed class WaitingRequest(Worker worker) : Pollable, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _source;
    private int _ended;

    public Worker Worker => worker;

    /// <returns>0 when it was woken, else ETIMEDOUT.</returns>
    public ValueTask<int> WaitAsync(TimeSpan patience)
    {
        worker.Timers.Arm(this, worker.Now + (long)patience.TotalMilliseconds);
        return new ValueTask<int>(this, _source.Version);
    }

    /// <summary>From any thread.</summary>
    /// <returns>False when it waits no more: the room is another's.</returns>
    public bool TryWake()
    {
        if (!TryEnd())
        {
            return false;
        }

        worker.Post(static self => ((WaitingRequest)self!).Finish(0), this);
        return true;
    }

    public int GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    internal override void OnEvents(byte tag, uint bits)
    {
    }

    internal override void OnTimer(long now)
    {
        if (TryEnd())
        {
            Finish(Errno.TimedOut);
        }
    }

    private bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    private void Finish(int errno)
    {
        worker.Timers.Disarm(this);
        _source.SetResult(errno);
    }
}
