using NodeAgent.DataPlane.Balancing;

namespace NodeAgent.DataPlane.Tcp;

/// <summary>Why a proxied connection ended; the names are the <c>reason</c> label of the metrics.</summary>
internal enum TcpEnd
{
    /// <summary>Both sides said all they had.</summary>
    Finished,

    /// <summary>The client reset the connection.</summary>
    ClientReset,

    /// <summary>The backend reset the connection.</summary>
    BackendReset,

    /// <summary>No endpoint could be connected.</summary>
    BackendRefused,

    /// <summary>Every endpoint that could have been connected has all the connections it may have.</summary>
    BackendFull,

    /// <summary>No route, no endpoint, or a faulty backendRef: reset at once.</summary>
    NoBackend,

    /// <summary>No byte for the idle timeout.</summary>
    Idle,

    /// <summary>We cut it off: drain deadline, or no resources.</summary>
    Node,
}

/// <summary>What is counted for one TCPRoute (or a TCP listener without one).</summary>
internal sealed class TcpCounters(int workers)
{
    public const int Ends = (int)TcpEnd.Node + 1;

    private const int OpenedColumn = 0;
    private const int ReceivedColumn = 1;
    private const int SentColumn = 2;
    private const int EndColumn = 3;

    private readonly CounterRows _rows = new(workers, EndColumn + Ends);

    public long Opened => _rows.Sum(OpenedColumn);

    /// <summary>Bytes from clients.</summary>
    public long Received => _rows.Sum(ReceivedColumn);

    /// <summary>Bytes to clients.</summary>
    public long Sent => _rows.Sum(SentColumn);

    public long Ended(TcpEnd end) => _rows.Sum(EndColumn + (int)end);

    public void CountOpened(int worker) => _rows.Add(worker, OpenedColumn, 1);

    public void CountBytes(int worker, bool fromClient, long bytes) =>
        _rows.Add(worker, fromClient ? ReceivedColumn : SentColumn, bytes);

    public void CountEnd(int worker, TcpEnd end) => _rows.Add(worker, EndColumn + (int)end, 1);
}
