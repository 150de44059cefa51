using System.Collections.Concurrent;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>
/// One contender for a Lease with a processor and a wall clock of its own: nothing of it runs but in
/// <see cref="Run"/>, so that a process that stands still can be played, and every run is the same.
/// </summary>
internal sealed class SimulatedProcess : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _work = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public SimulatedProcess(string name, IKubernetesApi api, FakeTime time)
    {
        Clock = new OwnClock(time);
        Election = new LeaderElection(api, new LeaseSettings("ns", "lease", name), Clock);
        Election.Changed += leads => Told.Add(leads);
        Task? run = null;
        Post(_ => run = Election.RunAsync(_stop.Token), null);
        Run();
        _run = run!;
    }

    public OwnClock Clock { get; }

    public LeaderElection Election { get; }

    public List<bool> Told { get; } = [];

    /// <summary>Time passes, but nothing runs.</summary>
    public bool StandsStill { get; set; }

    public bool Ended => _run.IsCompletedSuccessfully;

    public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

    public void Stop()
    {
        Post(_ => _stop.Cancel(), null);
        Run();
    }

    public void Run()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        while (!StandsStill && _work.TryDequeue(out (SendOrPostCallback Work, object? State) next))
        {
            next.Work(next.State);
        }

        SetSynchronizationContext(before);
        if (_run is { IsFaulted: true })
        {
            throw _run.Exception!;
        }
    }

    /// <summary>Runs as fast as the others, but shows another date.</summary>
    internal sealed class OwnClock(FakeTime time) : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Offset;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
