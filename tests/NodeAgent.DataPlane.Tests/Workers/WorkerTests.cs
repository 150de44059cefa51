using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Workers;

public sealed class WorkerTests : IDisposable
{
    private readonly Worker _worker = new(0, new DescriptorBudget(1_000));

    public WorkerTests() => _worker.Start();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task Each_threads_messages_run_in_its_order_on_the_workers_thread()
    {
        const int threads = 8, messages = 20_000;
        int[] last = new int[threads];
        int wrong = 0;
        Task[] posting = [.. Enumerable.Range(0, threads).Select(t => Task.Factory.StartNew(
            () =>
            {
                for (int i = 1; i <= messages; i++)
                {
                    int number = i;
                    _worker.Post(_ => wrong += _worker.IsCurrent && last[t]++ == number - 1 ? 0 : 1, null);
                }
            },
            TaskCreationOptions.LongRunning))];
        await Task.WhenAll(posting).WaitAsync(Patience);
        await _worker.RunAsync(() => { }).WaitAsync(Patience);
        Assert.Equal(0, wrong);
        Assert.All(last, n => Assert.Equal(messages, n));
    }

    [Fact]
    public async Task A_sleeping_worker_is_woken_by_every_post()
    {
        // Each round the loop is about to sleep or sleeps; a lost wake-up lets the round wait in vain.
        for (int i = 0; i < 5_000; i++)
        {
            await _worker.RunAsync(() => { }).WaitAsync(Patience);
        }
    }

    [Fact]
    public async Task Messages_that_post_messages_do_not_starve_the_loop()
    {
        bool stop = false;
        int rounds = 0;
        await _worker.RunAsync(() => Again(null));
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new Alarm(fired);
        await _worker.RunAsync(() => _worker.Timers.Arm(timer, _worker.Now + 20));
        await fired.Task.WaitAsync(Patience);
        await _worker.RunAsync(() => stop = true);
        Assert.True(rounds > 0);

        void Again(object? _)
        {
            rounds++;
            if (!stop)
            {
                _worker.Post(Again, null);
            }
        }
    }

    [Fact]
    public async Task A_timer_wakes_a_worker_that_sleeps()
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new Alarm(fired);
        long armed = 0;
        await _worker.RunAsync(() =>
        {
            armed = _worker.Now;
            _worker.Timers.Arm(timer, armed + 100);
        });
        await fired.Task.WaitAsync(Patience);
        Assert.True(timer.RanAt >= armed + 100, $"{timer.RanAt - armed} ms");
    }

    [Fact]
    public async Task Awaiting_the_switch_goes_on_on_the_workers_thread()
    {
        Assert.Null(Worker.Current);
        await new WorkerSwitch(_worker);
        Assert.Same(_worker, Worker.Current);
        int thread = Environment.CurrentManagedThreadId;
        await new WorkerSwitch(_worker);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.True(new WorkerSwitch(_worker).IsCompleted);
        await Task.Run(() => Assert.False(new WorkerSwitch(_worker).IsCompleted));
    }

    [Fact]
    public void A_post_to_a_worker_that_has_ended_is_harmless()
    {
        var worker = new Worker(1, new DescriptorBudget(1_000));
        worker.Start();
        worker.Dispose();

        // The next descriptor is likely to be the one the worker woke up by.
        int descriptor = LibC.EventFd().OrThrow("eventfd");
        worker.Post(_ => { }, null);
        Span<byte> count = stackalloc byte[8];
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        Assert.Throws<IOException>(() => RandomAccess.Read(handle, new byte[8], 0));
    }

    private sealed class Alarm(TaskCompletionSource fired) : Pollable
    {
        public long RanAt { get; private set; }

        internal override void OnEvents(byte tag, uint bits)
        {
        }

        internal override void OnTimer(long now)
        {
            RanAt = now;
            fired.TrySetResult();
        }
    }
}
