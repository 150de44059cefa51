namespace NodeAgent.DataPlane.Balancing;

/// <summary>
/// Counters of one route or listener, one row a worker: each worker writes its own row without locks, scrapes add them up.
/// They outlive snapshots, so an edited route counts on.
/// </summary>
internal sealed class CounterRows(int workers, int columns)
{
    // A row is padded to whole cache lines, so that workers do not fight for one.
    private readonly int _stride = (columns + 7) / 8 * 8;
    private readonly long[] _cells = new long[workers * ((columns + 7) / 8 * 8)];

    public void Add(int worker, int column, long value) => _cells[(worker * _stride) + column] += value;

    public long Sum(int column)
    {
        long sum = 0;
        for (int i = column; i < _cells.Length; i += _stride)
        {
            sum += Volatile.Read(ref _cells[i]);
        }

        return sum;
    }
}
