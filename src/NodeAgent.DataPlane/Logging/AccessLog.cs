using System.Collections.Concurrent;

namespace NodeAgent.DataPlane.Logging;

/// <summary>
/// Writes access log lines. Workers fill buffers of their own; one background thread does the writing, because a write(2) per line
/// would double the cost of a request. When the disk cannot follow, lines are dropped and counted, never waited for.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    /// <summary>Bytes; a buffer is handed over when the next line may not fit.</summary>
    internal const int BufferSize = 64 * 1024;

    private const int MaxQueued = 64;

    /// <summary>How long the end waits for an output that takes nothing, such as a pipe nobody reads.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<(byte[] Buffer, int Length)> _filled = new(MaxQueued);
    private readonly ConcurrentBag<byte[]> _spare = [];
    private readonly Stream _output;
    private readonly Thread _thread;
    private long _dropped;

    public AccessLog(Stream output)
    {
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "access-log" };
        _thread.Start();
    }

    /// <summary>Lines lost because the output was too slow or failed.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <param name="target">"-" is standard output, anything else a file that is appended to.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static AccessLog Open(string target) => new(target == "-"
        ? Console.OpenStandardOutput()
        : new FileStream(target, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));

    public void Dispose()
    {
        _filled.CompleteAdding();
        if (_thread.Join(LastWords))
        {
            _output.Dispose();
            _filled.Dispose();
        }
    }

    internal byte[] Rent() =>
        _spare.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <returns>A buffer to go on with: a fresh one, or the same one when its lines had to be dropped.</returns>
    internal byte[] Exchange(byte[] buffer, int length, int lines)
    {
        if (!_filled.IsAddingCompleted && _filled.TryAdd((buffer, length)))
        {
            return Rent();
        }

        CountDropped(lines);
        return buffer;
    }

    private void CountDropped(int lines) => Interlocked.Add(ref _dropped, lines);

    private void Run()
    {
        foreach ((byte[] buffer, int length) in _filled.GetConsumingEnumerable())
        {
            try
            {
                _output.Write(buffer, 0, length);
            }
            catch (IOException)
            {
                CountDropped(buffer.AsSpan(0, length).Count((byte)'\n'));
            }

            _spare.Add(buffer);
        }
    }
}
