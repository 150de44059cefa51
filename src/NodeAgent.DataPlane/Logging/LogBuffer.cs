using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Logging;

/// <summary>One worker's access log lines until they are handed over: when the buffer is full, or a fifth of a second old.</summary>
internal sealed class LogBuffer(Worker worker, AccessLog log) : Pollable
{
    /// <summary>Bytes; a longer line is cut at its fields, see <see cref="LogLine"/>.</summary>
    public const int MaxLine = 16 * 1024;

    private const int MaxAgeMilliseconds = 200;

    private byte[] _buffer = log.Rent();
    private int _length;
    private int _lines;

    /// <summary>Begins a line; at most one at a time.</summary>
    public LogLine Begin()
    {
        if (_length + MaxLine > _buffer.Length)
        {
            HandOver();
        }

        return new LogLine(_buffer.AsSpan(_length, MaxLine));
    }

    public void End(ref LogLine line)
    {
        _length += line.Finish();
        if (_lines++ == 0)
        {
            worker.Timers.Arm(this, worker.Now + MaxAgeMilliseconds);
        }
    }

    public void HandOver()
    {
        worker.Timers.Disarm(this);
        if (_length > 0)
        {
            _buffer = log.Exchange(_buffer, _length, _lines);
            _length = _lines = 0;
        }
    }

    internal override void OnEvents(byte tag, uint bits)
    {
    }

    internal override void OnTimer(long now) => HandOver();
}
