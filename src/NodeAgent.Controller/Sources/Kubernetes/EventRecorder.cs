using System.Text;
using System.Threading.Channels;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Writes Events (events.k8s.io/v1) in the background. What repeats becomes one Event with a series. Memory is bounded:
/// what does not fit, or what the server does not take, is dropped and counted. Safe for any thread.
/// </summary>
public sealed class EventRecorder
{
    /// <summary>Series that are remembered at the same time; beyond that the oldest is forgotten, and may come again as another Event.</summary>
    internal const int MaxSeries = 4096;

    /// <summary>Events that wait to be written.</summary>
    internal const int MaxWaiting = 1024;

    /// <summary>In UTF-8 bytes, as the API has it.</summary>
    private const int MaxNote = 1024;

    /// <summary>What was not repeated for so long is another event when it comes again.</summary>
    internal static readonly TimeSpan SeriesEnd = TimeSpan.FromMinutes(6);

    /// <summary>The count of a series is written at most so often.</summary>
    internal static readonly TimeSpan SeriesPause = TimeSpan.FromMinutes(1);

    private readonly EventWriter _writer;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<EventKey, EventSeries> _series = [];
    private readonly Channel<EventSeries> _waiting =
        Channel.CreateBounded<EventSeries>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private long _dropped;

    /// <param name="controller">The reportingController, such as <c>nodeagent.dev/gateway-controller</c>.</param>
    /// <param name="instance">The reportingInstance, such as the name of the pod.</param>
    public EventRecorder(IKubernetesApi api, string controller, string instance, TimeProvider time)
    {
        _time = time;
        _writer = new EventWriter(api, controller, instance, time);
    }

    /// <summary>Events that were never written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped) + _writer.Dropped;

    /// <summary>Requests that wrote an Event or its series.</summary>
    public long Written => _writer.Written;

    /// <summary>Returns at once, whatever becomes of it.</summary>
    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="reason">Stable, CamelCase: why.</param>
    /// <param name="action">Stable, CamelCase: what was done or tried.</param>
    /// <param name="note">For people; cut at 1 KiB.</param>
    public void Record(ObjectReference regarding, string type, string reason, string action, string note)
    {
        var key = new EventKey(regarding, type, reason, action, Cut(note));
        DateTimeOffset now = _time.GetUtcNow();
        lock (_lock)
        {
            if (_series.TryGetValue(key, out EventSeries? series) && _time.GetElapsedTime(series.LastAt) < SeriesEnd)
            {
                series.Count++;
                series.LastAt = _time.GetTimestamp();
                series.LastTime = now;
                if (!IsDue(series))
                {
                    return;
                }
            }
            else
            {
                if (_series.Count >= MaxSeries)
                {
                    ForgetOldest();
                }

                series = new EventSeries(key, now) { LastAt = _time.GetTimestamp() };
                _series[key] = series;
            }

            Enqueue(series);
        }
    }

    /// <summary>Writes until it is cancelled, and then just ends; what still waits is dropped.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            Task tick = Task.Delay(SeriesPause / 4, _time, cancel);
            while (true)
            {
                Task<bool> more = _waiting.Reader.WaitToReadAsync(cancel).AsTask();
                if (await Task.WhenAny(more, tick) == tick)
                {
                    await tick;
                    Sweep();
                    tick = Task.Delay(SeriesPause / 4, _time, cancel);
                }
                else
                {
                    await more;
                }

                while (_waiting.Reader.TryRead(out EventSeries? series))
                {
                    await WriteAsync(series, cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task WriteAsync(EventSeries series, CancellationToken cancel)
    {
        long count;
        DateTimeOffset last;
        lock (_lock)
        {
            series.IsWaiting = false;
            (count, last) = (series.Count, series.LastTime);
        }

        bool written = await _writer.WriteAsync(series, count, last, cancel);
        lock (_lock)
        {
            series.WrittenAt = _time.GetTimestamp();
            series.Written = written ? count : series.Written;
            if (series.Written == 0 && _series.GetValueOrDefault(series.Key) == series)
            {
                _series.Remove(series.Key);
            }
        }
    }

    /// <summary>Whether a repetition is to be written now: the first at once, later ones in company.</summary>
    private bool IsDue(EventSeries series) =>
        !series.IsWaiting && series.Written > 0 && series.Count > series.Written
        && (series.Written == 1 || _time.GetElapsedTime(series.WrittenAt) >= SeriesPause);

    private void Sweep()
    {
        lock (_lock)
        {
            foreach (EventSeries series in _series.Values.ToArray())
            {
                bool over = _time.GetElapsedTime(series.LastAt) >= SeriesEnd;
                if (IsDue(series))
                {
                    Enqueue(series);
                }

                if (over && !series.IsWaiting)
                {
                    _series.Remove(series.Key);
                }
            }
        }
    }

    private void ForgetOldest()
    {
        // At most MaxWaiting of them wait to be written, so there is one that does not.
        EventSeries oldest = _series.Values.Where(series => !series.IsWaiting).MinBy(series => series.LastAt)!;
        _series.Remove(oldest.Key);
    }

    private void Enqueue(EventSeries series)
    {
        if (_waiting.Writer.TryWrite(series))
        {
            series.IsWaiting = true;
        }
        else if (series.Written == 0)
        {
            _dropped++;
            _series.Remove(series.Key);
        }
    }

    private static string Cut(string note)
    {
        if (Encoding.UTF8.GetByteCount(note) <= MaxNote)
        {
            return note;
        }

        int length = Math.Min(note.Length, MaxNote - 3);
        while (Encoding.UTF8.GetByteCount(note.AsSpan(0, length)) > MaxNote - 3)
        {
            length--;
        }

        return (char.IsHighSurrogate(note[length - 1]) ? note[..(length - 1)] : note[..length]) + "...";
    }
}
