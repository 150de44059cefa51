using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// Work on keys, each when it is due: one at a time of a key, a few keys at once, the one that waits longest first.
/// What is asked for while it is being done is done once more. Safe for any thread.
/// </summary>
/// <param name="goesFirst">Keys of which there are few, and that are not to wait behind the many others that are due.</param>
/// <param name="work">Returns when it is to be done again without being asked; null for never.</param>
internal sealed partial class WorkQueue<TKey>(
    Func<TKey, CancellationToken, Task<TimeSpan?>> work, int parallel, TimeProvider time, ILogger log, Func<TKey, bool>? goesFirst = null)
    where TKey : notnull
{
    /// <summary>After a mistake of ours the same is tried again, but not at once.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    private readonly Dictionary<TKey, Item> _items = [];

    /// <summary>First those that go first, then the others. Has outdated entries, too: those whose time is not that of their item.</summary>
    private readonly PriorityQueue<Item, (TimeSpan Due, long Order)>[] _waiting = [new(), new()];

    /// <summary>One token: however often it is woken, it looks once more.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly long _start = time.GetTimestamp();

    private long _order;

    private int _running;

    private TimeSpan _pausedUntil;

    /// <summary>Time since the queue was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Asks for <paramref name="key"/> to be worked on; what was asked for earlier still counts.</summary>
    public void Add(TKey key, TimeSpan delay = default)
    {
        lock (_lock)
        {
            if (!_items.TryGetValue(key, out Item? item))
            {
                _items[key] = item = new Item(key, _waiting[goesFirst?.Invoke(key) == true ? 0 : 1]);
            }

            Schedule(item, Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero));
        }

        Wake();
    }

    /// <summary>Begins nothing for a while.</summary>
    public void Pause(TimeSpan delay)
    {
        lock (_lock)
        {
            TimeSpan until = Now + delay;
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
        }
    }

    /// <summary>Works until cancelled; returns when nothing is being worked on any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using ITimer timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var running = new List<Task>();
        try
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                TimeSpan? wait;
                while (Next(out wait) is Item item)
                {
                    running.RemoveAll(t => t.IsCompleted);
                    running.Add(WorkAsync(item, cancel));
                }

                timer.Change(wait ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    /// <param name="wait">Until the next is due; null when nothing but news can make a difference.</param>
    private Item? Next(out TimeSpan? wait)
    {
        lock (_lock)
        {
            wait = null;
            foreach (PriorityQueue<Item, (TimeSpan Due, long Order)> waiting in _running < parallel ? _waiting : [])
            {
                if (DueIn(waiting) is not TimeSpan left)
                {
                    continue;
                }

                if (left <= TimeSpan.Zero)
                {
                    Item item = waiting.Dequeue();
                    (item.Due, item.Running) = (null, true);
                    _running++;
                    return item;
                }

                wait = wait < left ? wait : left;
            }

            return null;
        }
    }

    /// <summary>How long until the first is due; null when there is none.</summary>
    private TimeSpan? DueIn(PriorityQueue<Item, (TimeSpan Due, long Order)> waiting)
    {
        while (waiting.TryPeek(out Item? item, out (TimeSpan Due, long Order) at))
        {
            if (!item.Running && item.Due == at.Due)
            {
                return (at.Due > _pausedUntil ? at.Due : _pausedUntil) - Now;
            }

            waiting.Dequeue();
        }

        return null;
    }

    private async Task WorkAsync(Item item, CancellationToken cancel)
    {
        await Task.Yield();
        TimeSpan? again;
        try
        {
            again = await work(item.Key, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            again = null;
        }
        catch (Exception e)
        {
            // A mistake of ours with one object must not end the writing of all others.
            LogFailure(log, item.Key, e);
            again = AfterFailure;
        }

        lock (_lock)
        {
            item.Running = false;
            _running--;
            if (again is TimeSpan delay)
            {
                Schedule(item, Now + delay);
            }

            if (item.Due is TimeSpan due)
            {
                item.Waiting.Enqueue(item, (due, _order++));
            }
            else
            {
                _items.Remove(item.Key);
            }
        }

        Wake();
    }

    private void Schedule(Item item, TimeSpan due)
    {
        if (item.Due is null || due < item.Due)
        {
            item.Due = due;
            if (!item.Running)
            {
                item.Waiting.Enqueue(item, (due, _order++));
            }
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    [LoggerMessage(60, LogLevel.Error, "{Key} cannot be written; it is tried again")]
    private static partial void LogFailure(ILogger log, TKey key, Exception cause);

    private sealed class Item(TKey key, PriorityQueue<Item, (TimeSpan Due, long Order)> waiting)
    {
        public TKey Key => key;

        public PriorityQueue<Item, (TimeSpan Due, long Order)> Waiting => waiting;

        /// <summary>Null when nothing is asked for.</summary>
        public TimeSpan? Due { get; set; }

        public bool Running { get; set; }
    }
}
