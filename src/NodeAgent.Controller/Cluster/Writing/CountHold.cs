namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// When a status of which only counts changed is written: at once when it comes after a pause; else when it was left
/// alone for a moment, or after a hold at the latest, which doubles as long as there is no pause. So thousands of routes
/// that come one by one cost a dozen writes, and the last count is there within a second. Times are those of a clock
/// that only goes forward. For one thread at a time.
/// </summary>
internal sealed class CountHold
{
    /// <summary>An object that did not change for so long is left alone, so that its counts are worth writing.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan MinHold = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(4);

    /// <summary>Under constant change little pauses come by chance, and are worth no write.</summary>
    private static readonly TimeSpan LongQuiet = TimeSpan.FromMilliseconds(500);

    /// <summary>So many holds without a write are a pause, after which all begins anew.</summary>
    private const int PauseInHolds = 4;

    private TimeSpan _hold = MinHold;
    private TimeSpan? _written;
    private TimeSpan? _first;

    /// <summary>Null when nothing waits.</summary>
    public TimeSpan? Due { get; private set; }

    public void Change(TimeSpan now)
    {
        if (_first is null)
        {
            _first = now;
            if (_written is not TimeSpan written || now - written > PauseInHolds * _hold)
            {
                _hold = MinHold;
                Due = now;
                return;
            }
        }
        else if (Due <= now)
        {
            return;
        }

        TimeSpan quiet = now + (_hold > TimeSpan.FromSeconds(1) ? LongQuiet : Quiet);
        TimeSpan latest = _first.Value + _hold;
        Due = quiet < latest ? quiet : latest;
    }

    /// <summary>A write begins, of all that is known now, for whatever reason.</summary>
    public void Writing(TimeSpan now)
    {
        bool pause = _written is not TimeSpan written || now - written > PauseInHolds * _hold;
        _hold = pause ? MinHold : _hold * 2 < MaxHold ? _hold * 2 : MaxHold;
        (_written, _first, Due) = (now, null, null);
    }

    /// <summary>There is nothing to write after all.</summary>
    public void Settle() => (_first, Due) = (null, null);
}
