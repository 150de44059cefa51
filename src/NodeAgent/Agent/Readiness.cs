using System.Collections.Immutable;

namespace NodeAgent.Agent;

/// <summary>Ready means: nobody holds a guard. Whoever has to finish something first takes one and disposes it.</summary>
internal sealed class Readiness
{
    private readonly Lock _lock = new();
    private ImmutableArray<Guard> _held = [];

    /// <summary>What is still waited for, oldest first; empty when ready.</summary>
    public ImmutableArray<string> Waiting
    {
        get
        {
            ImmutableArray<Guard> held;
            lock (_lock)
            {
                held = _held;
            }

            return [.. held.Select(g => g.What())];
        }
    }

    /// <param name="what">One line for the operator: what has not happened yet.</param>
    public IDisposable Hold(string what) => Hold(() => what);

    /// <param name="what">Gives one line for the operator: what has not happened yet. Called on any thread.</param>
    public IDisposable Hold(Func<string> what)
    {
        var guard = new Guard(this, what);
        lock (_lock)
        {
            _held = _held.Add(guard);
        }

        return guard;
    }

    private sealed class Guard(Readiness readiness, Func<string> what) : IDisposable
    {
        public Func<string> What => what;

        public void Dispose()
        {
            lock (readiness._lock)
            {
                readiness._held = readiness._held.Remove(this);
            }
        }
    }
}
