using System.Collections.Concurrent;
using NodeAgent.Controller.Cluster.Writing;

namespace NodeAgent.Controller.Tests.Cluster;

public sealed class WorkQueueTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _stop = new(WritersWorld.Patience);

    private readonly RecordingLog _log = new();

    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task What_is_asked_for_during_the_work_is_done_once_more_and_never_side_by_side()
    {
        int done = 0;
        int inside = 0;
        var gate = new SemaphoreSlim(0);
        var begun = new SemaphoreSlim(0);
        WorkQueue<string> queue = Start(4, async (_, cancel) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            begun.Release();
            await gate.WaitAsync(cancel);
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref done);
            return null;
        });
        queue.Add("a");
        await begun.WaitAsync(_stop.Token);
        queue.Add("a");
        queue.Add("a");
        gate.Release();
        await begun.WaitAsync(_stop.Token);
        Assert.Equal(1, done);
        gate.Release();
        queue.Add("b");
        await begun.WaitAsync(_stop.Token);
        Assert.Equal(2, done);
        gate.Release();
    }

    [Fact]
    public async Task Not_more_than_so_many_are_worked_on_at_once()
    {
        var inside = new ConcurrentDictionary<string, bool>();
        var gate = new SemaphoreSlim(0);
        var begun = new SemaphoreSlim(0);
        WorkQueue<string> queue = Start(2, async (key, cancel) =>
        {
            inside[key] = true;
            Assert.InRange(inside.Count, 1, 2);
            begun.Release();
            await gate.WaitAsync(cancel);
            inside.TryRemove(key, out _);
            return null;
        });
        foreach (string key in new[] { "a", "b", "c", "d" })
        {
            queue.Add(key);
        }

        await begun.WaitAsync(_stop.Token);
        await begun.WaitAsync(_stop.Token);
        Assert.False(begun.Wait(0));
        gate.Release(4);
        await begun.WaitAsync(_stop.Token);
        await begun.WaitAsync(_stop.Token);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task The_earlier_of_two_times_counts_and_what_is_put_off_comes_again()
    {
        var order = new ConcurrentQueue<string>();
        var done = new SemaphoreSlim(0);
        int times = 0;
        WorkQueue<string> queue = Start(1, (key, _) =>
        {
            order.Enqueue(key);
            done.Release();
            return Task.FromResult<TimeSpan?>(key == "again" && times++ == 0 ? TimeSpan.FromMilliseconds(1) : null);
        });
        queue.Add("never", TimeSpan.FromHours(1));
        queue.Add("soon", TimeSpan.FromHours(1));
        queue.Add("soon");
        await done.WaitAsync(_stop.Token);
        queue.Add("again");
        await done.WaitAsync(_stop.Token);
        await done.WaitAsync(_stop.Token);
        Assert.Equal(["soon", "again", "again"], order);
    }

    [Fact]
    public async Task Who_goes_first_does_not_wait_behind_the_many()
    {
        var order = new ConcurrentQueue<string>();
        var gate = new SemaphoreSlim(0);
        var begun = new SemaphoreSlim(0);
        WorkQueue<string> queue = Start(1, async (key, cancel) =>
        {
            order.Enqueue(key);
            begun.Release();
            await gate.WaitAsync(cancel);
            return null;
        });
        foreach (string key in new[] { "a", "b", "c", "first" })
        {
            queue.Add(key);
            if (key == "a")
            {
                await begun.WaitAsync(_stop.Token);
            }
        }

        gate.Release(4);
        for (int i = 0; i < 3; i++)
        {
            await begun.WaitAsync(_stop.Token);
        }

        Assert.Equal(["a", "first", "b", "c"], order);
    }

    [Fact]
    public async Task A_mistake_with_one_key_is_logged_and_ends_nothing()
    {
        var done = new SemaphoreSlim(0);
        WorkQueue<string> queue = Start(1, (key, _) =>
        {
            done.Release();
            return key == "bad" ? throw new InvalidOperationException("a mistake") : Task.FromResult<TimeSpan?>(null);
        });
        queue.Add("bad");
        await done.WaitAsync(_stop.Token);
        queue.Add("good");
        await done.WaitAsync(_stop.Token);
        Assert.Contains(_log.Lines, l => l.StartsWith("bad ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_end_waits_for_what_is_being_done()
    {
        var begun = new SemaphoreSlim(0);
        bool ended = false;
        WorkQueue<string> queue = Start(1, async (_, cancel) =>
        {
            begun.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
            finally
            {
                ended = true;
            }

            return null;
        });
        queue.Add("a");
        await begun.WaitAsync(_stop.Token);
        await _stop.CancelAsync();
        await _running.WaitAsync(WritersWorld.Patience);
        Assert.True(ended);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(WritersWorld.Patience);
    }

    public void Dispose() => _stop.Dispose();

    private WorkQueue<string> Start(int parallel, Func<string, CancellationToken, Task<TimeSpan?>> work)
    {
        var queue = new WorkQueue<string>(work, parallel, TimeProvider.System, _log, key => key == "first");
        _running = queue.RunAsync(_stop.Token);
        return queue;
    }
}
