using NodeAgent.DataPlane.Balancing;

namespace NodeAgent.DataPlane.Http;

/// <summary>Whose fault a failed request was.</summary>
internal enum FaultSide
{
    None,
    Client,
    Backend,
    Node,
}

/// <summary>What is counted for one HTTPRoute, or for a listener where no route matched.</summary>
internal sealed class HttpCounters(int workers)
{
    /// <summary>1xx to 5xx.</summary>
    public const int StatusClasses = 5;

    /// <summary>Upper bounds in seconds of the duration histogram; one more bucket takes the rest.</summary>
    public static readonly double[] DurationBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private const int ReceivedColumn = StatusClasses;
    private const int SentColumn = ReceivedColumn + 1;
    private const int SideColumn = SentColumn + 1;
    private const int DurationColumn = SideColumn + (int)FaultSide.Node + 1;

    private static readonly int SumColumn = DurationColumn + DurationBounds.Length + 1;

    private readonly CounterRows _rows = new(workers, SumColumn + 1);

    public long Requests(int statusClass) => _rows.Sum(statusClass - 1);

    public long Errors(FaultSide side) => _rows.Sum(SideColumn + (int)side);

    /// <summary>Body bytes from clients.</summary>
    public long Received => _rows.Sum(ReceivedColumn);

    /// <summary>Body bytes to clients.</summary>
    public long Sent => _rows.Sum(SentColumn);

    public double DurationSeconds => _rows.Sum(SumColumn) / 1e6;

    public long DurationBucket(int index) => _rows.Sum(DurationColumn + index);

    public void Count(int worker, int status, FaultSide side, long received, long sent, long microseconds)
    {
        _rows.Add(worker, Math.Clamp(status / 100, 1, StatusClasses) - 1, 1);
        _rows.Add(worker, ReceivedColumn, received);
        _rows.Add(worker, SentColumn, sent);
        _rows.Add(worker, SumColumn, microseconds);
        if (side != FaultSide.None)
        {
            _rows.Add(worker, SideColumn + (int)side, 1);
        }

        double seconds = microseconds / 1e6;
        int bucket = 0;
        while (bucket < DurationBounds.Length && seconds > DurationBounds[bucket])
        {
            bucket++;
        }

        _rows.Add(worker, DurationColumn + bucket, 1);
    }
}
