using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tests.Workers;

/// <summary>The wheel against a list of due times.</summary>
public sealed class TimerWheelProperties
{
    private const int Timers = 8;

    private enum Act
    {
        Arm,
        Disarm,
        Advance,
    }

    private static readonly Gen<long> Delay = Gen.OneOf(
        Gen.Choose(-100, 100), Gen.Choose(0, 5_000), Gen.Choose(30_000, 40_000), Gen.Choose(0, 4_000_000)).Select(d => (long)d);

    private static readonly Gen<Step> Steps =
        from act in Gen.Frequency((4, Gen.Constant(Act.Arm)), (1, Gen.Constant(Act.Disarm)), (4, Gen.Constant(Act.Advance)))
        from timer in Gen.Choose(0, Timers - 1)
        from delay in Delay
        from again in Gen.Frequency((3, Gen.Constant(-1L)), (1, Delay))
        from victim in Gen.Choose(-Timers, Timers - 1)
        select new Step(act, timer, delay, again, victim);

    [Fact]
    public void Timers_run_when_they_are_due_at_most_a_tick_late_and_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Steps.ListOf().ToArbitrary(), steps => new Model().Run(steps)));

    [Fact]
    public void The_loop_may_sleep_until_a_timer_is_due_and_no_longer()
    {
        var wheel = new TimerWheel(1_000_000);
        var timer = new Timer(0, null);
        Assert.Equal(-1, wheel.Timeout(1_000_000));
        foreach (int delay in (int[])[1, 31, 32, 33, 1_000, 32_000, 33_000, 3_600_000])
        {
            long now = 1_000_000;
            wheel.Arm(timer, now + delay);
            int turns = 0;
            while (timer.TimerSlot >= 0)
            {
                int timeout = wheel.Timeout(now);
                Assert.InRange(timeout, 0, 1_024 * TimerWheel.TickMilliseconds);
                now += Math.Max(timeout, 1);
                wheel.Advance(now);
                turns++;
            }

            // A far timer wakes the loop about once in 32 s.
            Assert.InRange(turns, 1, (delay / 30_000) + 2);
            Assert.InRange(now, 1_000_000 + delay, 1_000_000 + delay + TimerWheel.TickMilliseconds);
            wheel = new TimerWheel(1_000_000);
        }
    }

    /// <param name="Again">When the timer runs it arms itself anew, that much later; negative: it does not.</param>
    /// <param name="Victim">When the timer runs it disarms this one; negative: none.</param>
    private sealed record Step(Act Act, int Timer, long Delay, long Again, int Victim);

    private sealed class Timer(int id, Action<Timer, long>? run) : Pollable
    {
        public int Id => id;

        public Step? Armed { get; set; }

        internal override void OnEvents(byte tag, uint bits)
        {
        }

        internal override void OnTimer(long now) => run?.Invoke(this, now);
    }

    private sealed class Model
    {
        private readonly SortedDictionary<int, long> _due = [];
        private readonly Timer[] _timers;
        private readonly TimerWheel _wheel;
        private long _now = 50_000;
        private string? _wrong;

        public Model()
        {
            _wheel = new TimerWheel(_now);
            _timers = [.. Enumerable.Range(0, Timers).Select(i => new Timer(i, OnRun))];
        }

        public bool Run(IEnumerable<Step> steps)
        {
            foreach (Step step in steps)
            {
                switch (step.Act)
                {
                    case Act.Arm:
                        Arm(_timers[step.Timer], step);
                        break;
                    case Act.Disarm:
                        Disarm(step.Timer);
                        break;
                    default:
                        Advance(Math.Abs(step.Delay));
                        break;
                }

                if (_wrong is not null)
                {
                    throw new InvalidOperationException(_wrong);
                }
            }

            return true;
        }

        private void Arm(Timer timer, Step step)
        {
            timer.Armed = step;
            _due[timer.Id] = _now + step.Delay;
            _wheel.Arm(timer, _now + step.Delay);
        }

        private void Disarm(int timer)
        {
            _due.Remove(timer);
            _wheel.Disarm(_timers[timer]);
        }

        private void Advance(long by)
        {
            long last = _now;
            _now += by;
            int timeout = _wheel.Timeout(last);
            _wheel.Advance(_now);
            if (_wrong is null && _due.Any(d => d.Value + TimerWheel.TickMilliseconds <= _now && d.Value > last))
            {
                _wrong = $"due and not run at {_now}: {string.Join(", ", _due)}";
            }

            if (_wrong is null && _due.Count > 0 && timeout < 0 && by == 0)
            {
                _wrong = "the loop would sleep for ever";
            }
        }

        private void OnRun(Timer timer, long now)
        {
            if (!_due.Remove(timer.Id, out long due) || due > now || now != _now)
            {
                _wrong = $"timer {timer.Id} due {due} ran at {now}";
                return;
            }

            Step step = timer.Armed!;
            if (step.Again >= 0)
            {
                Arm(timer, step with { Delay = step.Again + 1, Again = -1 });
            }

            if (step.Victim >= 0 && step.Victim != timer.Id)
            {
                Disarm(step.Victim);
            }
        }
    }
}
