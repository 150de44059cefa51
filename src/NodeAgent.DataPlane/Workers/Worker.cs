using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// One thread, one epoll: its listening sockets, the connections it accepted and their upstream connections. Shares nothing;
/// other threads talk to it by <see cref="Post"/>. Nothing on it may block.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>Bytes; the measured optimum for relay by copy (larger falls out of the core's cache).</summary>
    public const int ScratchSize = 64 * 1024;

    private const byte WakeTag = 255;
    private const int SparePipes = 64;

    [ThreadStatic]
    private static Worker? s_current;

    private readonly Epoll _epoll = new();
    private readonly SlotTable _slots = new();
    private readonly ConcurrentQueue<Message> _inbox = new();
    private readonly WakeUp _wakeUp;
    private readonly Thread _thread;
    private int _signalled;
    private bool _stopping;
    private uint _random;

    public Worker(int id, DescriptorBudget budget)
    {
        Id = id;
        Budget = budget;
        Now = Environment.TickCount64;
        Timers = new TimerWheel(Now);
        Pipes = new SplicePipePool(SparePipes, budget);
        Blocks = new BlockPool(this, BlockPool.TransferBlock);
        _random = (uint)Random.Shared.Next() | 1;
        unsafe
        {
            Scratch = (byte*)NativeMemory.AlignedAlloc(ScratchSize, 4096);
        }

        _wakeUp = new WakeUp(LibC.EventFd().OrThrow("eventfd"));
        _epoll.Watch(_wakeUp.Fd, EpollBits.In, _slots.Add(_wakeUp, WakeTag)).OrThrow("epoll_ctl");
        _thread = new Thread(Run) { IsBackground = true, Name = $"worker-{id}" };
    }

    /// <summary>The worker whose thread this is; null on any other thread.</summary>
    public static Worker? Current => s_current;

    public int Id { get; }

    /// <summary>All workers of the data plane, this one among them; empty where there is none.</summary>
    public Worker[] Siblings { get; set; } = [];

    public DescriptorBudget Budget { get; }

    public TimerWheel Timers { get; }

    public SplicePipePool Pipes { get; }

    /// <summary>Buffers of the HTTP path.</summary>
    public BlockPool Blocks { get; }

    public LoopStats Stats { get; } = new();

    /// <summary>Milliseconds (monotonic), taken once per batch of events.</summary>
    public long Now { get; private set; }

    public bool IsCurrent => s_current == this;

    /// <summary>For whatever needs a buffer only while it runs; <see cref="ScratchSize"/> bytes.</summary>
    public unsafe byte* Scratch { get; }

    public void Start() => _thread.Start();

    /// <summary>Runs <paramref name="action"/> on the worker's thread; from any thread, never blocks.</summary>
    public void Post(Action<object?> action, object? state)
    {
        _inbox.Enqueue(new Message(action, state));
        if (!IsCurrent && Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            LibC.EventFdSignal(_wakeUp.Fd);
        }
    }

    /// <summary>Runs <paramref name="action"/> on the worker's thread and completes when it has run.</summary>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            _ =>
            {
                action();
                done.SetResult();
            },
            null);
        return done.Task;
    }

    /// <summary>Reports events of <paramref name="fd"/> to <paramref name="owner"/> until the handle is forgotten.</summary>
    public SysResult Watch(int fd, Pollable owner, byte tag, uint bits, out ulong handle)
    {
        handle = _slots.Add(owner, tag);
        SysResult result = _epoll.Watch(fd, bits, handle);
        if (result.IsError)
        {
            _slots.Remove(handle);
        }

        return result;
    }

    public void Rewatch(int fd, uint bits, ulong handle) => _epoll.Change(fd, bits, handle);

    /// <summary>No event reaches the owner any more. The descriptor itself leaves epoll when it is closed.</summary>
    public void Forget(ulong handle) => _slots.Remove(handle);

    /// <summary>A fast random number (xorshift), for balancing only.</summary>
    public uint NextRandom()
    {
        uint x = _random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _random = x;
    }

    /// <summary>Ends the thread and frees what it held; connections still watched are dropped with the process.</summary>
    public void Dispose()
    {
        Post(static self => ((Worker)self!)._stopping = true, this);
        if (_thread.IsAlive && !IsCurrent)
        {
            _thread.Join();
        }

        // What is posted from now on is never run; it must not signal a descriptor that may be somebody else's by then.
        Interlocked.Exchange(ref _signalled, 1);
        Pipes.Clear();
        _epoll.Dispose();
        LibC.Close(_wakeUp.Fd);
        unsafe
        {
            NativeMemory.AlignedFree(Scratch);
        }
    }

    private void Run()
    {
        s_current = this;
        try
        {
            while (!_stopping)
            {
                Turn();
            }
        }
        catch (Exception e)
        {
            // A dead loop must not look alive: its listeners would still take connections.
            Environment.FailFast($"worker {Id} failed: {e}", e);
        }
    }

    private void Turn()
    {
        int count = _epoll.Wait(_inbox.IsEmpty ? Timers.Timeout(Environment.TickCount64) : 0);
        long start = Stopwatch.GetTimestamp();
        Now = Environment.TickCount64;
        for (int i = 0; i < count; i++)
        {
            (uint bits, ulong handle) = _epoll.Event(i);
            _slots.Find(handle, out byte tag)?.OnEvents(tag, bits);
        }

        // Cleared before the queue is read: a message that comes after this signals again.
        Volatile.Write(ref _signalled, 0);
        Interlocked.MemoryBarrier();
        for (int left = _inbox.Count; left > 0 && _inbox.TryDequeue(out Message message); left--)
        {
            message.Action(message.State);
        }

        Timers.Advance(Now);
        Stats.Record(Stopwatch.GetTimestamp() - start);
    }

    private readonly record struct Message(Action<object?> Action, object? State);

    private sealed class WakeUp(int fd) : Pollable
    {
        public int Fd => fd;

        internal override void OnEvents(byte tag, uint bits) => LibC.EventFdClear(fd);
    }
}
