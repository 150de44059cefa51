using System.Diagnostics;

namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// How long a worker's turns take: what waits in the kernel meanwhile is delayed by as much. Written by the worker alone,
/// read by anyone.
/// </summary>
internal sealed class LoopStats
{
    /// <summary>Upper bounds in seconds of the lag histogram; one more bucket takes the rest.</summary>
    public static readonly double[] Bounds = [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5];

    private static readonly long[] BoundTicks = [.. Bounds.Select(b => (long)(b * Stopwatch.Frequency))];

    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private long _ticks;

    public double BusySeconds => Volatile.Read(ref _ticks) / (double)Stopwatch.Frequency;

    public long Bucket(int index) => Volatile.Read(ref _buckets[index]);

    public void Record(long ticks)
    {
        int i = 0;
        while (i < BoundTicks.Length && ticks > BoundTicks[i])
        {
            i++;
        }

        _buckets[i]++;
        _ticks += ticks;
    }
}
