namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// The timers of one worker: coarse (up to one tick late), O(1) to arm and disarm, nothing allocated. Timers further away than
/// one turn of the wheel are looked at once a turn.
/// </summary>
internal sealed class TimerWheel(long now)
{
    public const int TickMilliseconds = 32;

    private const int Slots = 1024;

    private readonly Pollable?[] _heads = new Pollable?[Slots];
    private long _tick = now / TickMilliseconds;
    private int _armed;

    /// <summary>(Re)arms the timer of <paramref name="timer"/> for worker time <paramref name="due"/>.</summary>
    public void Arm(Pollable timer, long due)
    {
        Disarm(timer);
        long tick = Math.Max((due + TickMilliseconds - 1) / TickMilliseconds, _tick + 1);
        int slot = (int)(Math.Min(tick, _tick + Slots - 1) % Slots);
        timer.TimerDue = due;
        timer.TimerSlot = slot;
        timer.TimerPrevious = null;
        timer.TimerNext = _heads[slot];
        if (timer.TimerNext is { } next)
        {
            next.TimerPrevious = timer;
        }

        _heads[slot] = timer;
        _armed++;
    }

    public void Disarm(Pollable timer)
    {
        if (timer.TimerSlot < 0)
        {
            return;
        }

        if (timer.TimerPrevious is { } previous)
        {
            previous.TimerNext = timer.TimerNext;
        }
        else
        {
            _heads[timer.TimerSlot] = timer.TimerNext;
        }

        if (timer.TimerNext is { } next)
        {
            next.TimerPrevious = timer.TimerPrevious;
        }

        timer.TimerNext = timer.TimerPrevious = null;
        timer.TimerSlot = -1;
        _armed--;
    }

    /// <summary>Runs every timer that is due at <paramref name="now"/>.</summary>
    public void Advance(long now)
    {
        long target = now / TickMilliseconds;
        if (_armed == 0)
        {
            _tick = target;
            return;
        }

        // After a long stall one turn visits every slot; more would visit them again.
        _tick = Math.Max(_tick, target - Slots);
        while (_tick < target)
        {
            _tick++;
            RunSlot((int)(_tick % Slots), now);
        }
    }

    /// <summary>How long epoll may wait, in milliseconds; -1 without timers.</summary>
    public int Timeout(long now)
    {
        if (_armed == 0)
        {
            return -1;
        }

        for (int i = 1; i < Slots; i++)
        {
            if (_heads[(int)((_tick + i) % Slots)] is not null)
            {
                return (int)Math.Max(((_tick + i) * TickMilliseconds) - now, 0);
            }
        }

        return Slots * TickMilliseconds;
    }

    private void RunSlot(int slot, long now)
    {
        Pollable? timer = _heads[slot];
        while (timer is not null)
        {
            // OnTimer may arm or disarm any timer, also the next of this slot, so each is taken off before it runs
            // and the walk starts again at the head; those not due move on to a later slot.
            Disarm(timer);
            if (timer.TimerDue <= now)
            {
                timer.OnTimer(now);
            }
            else
            {
                Arm(timer, timer.TimerDue);
            }

            timer = _heads[slot];
        }
    }
}
