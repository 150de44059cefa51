using System.Numerics;

namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// The timers of one worker: coarse (up to one tick late), O(1) to arm and disarm, nothing allocated. Timers further away than
/// one turn of the wheel are looked at once a turn.
/// </summary>
internal sealed class TimerWheel(long now)
{
    public const int TickMilliseconds = 32;

    private const int Slots = 1024;

    private const int WordBits = 64;

    private readonly Pollable?[] _heads = new Pollable?[Slots];

    // A bit for each slot that holds a timer: the loop asks for the next one before every sleep.
    private readonly ulong[] _occupied = new ulong[Slots / WordBits];
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
        _occupied[slot / WordBits] |= 1UL << (slot % WordBits);
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

        if (_heads[timer.TimerSlot] is null)
        {
            _occupied[timer.TimerSlot / WordBits] &= ~(1UL << (timer.TimerSlot % WordBits));
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
    public int Timeout(long now) =>
        _armed == 0 ? -1 : (int)Math.Max(((_tick + TicksToNext()) * TickMilliseconds) - now, 0);

    /// <summary>How many ticks from now the next slot with a timer is; there is one.</summary>
    private int TicksToNext()
    {
        int start = (int)((_tick + 1) % Slots);
        int word = start / WordBits;
        ulong bits = _occupied[word] & (ulong.MaxValue << (start % WordBits));
        while (bits == 0)
        {
            word = (word + 1) % _occupied.Length;
            bits = _occupied[word];
        }

        int slot = (word * WordBits) + BitOperations.TrailingZeroCount(bits);
        return 1 + ((slot - start + Slots) % Slots);
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
