using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Vips;

/// <summary>
/// Holds the addresses of Gateways that the node does not have: each by a local route with our mark, put back when somebody
/// removes it. Only routes with the mark are ever changed or removed. A thread of its own is the only writer.
/// </summary>
/// <remarks>
/// No link and no address is added: nothing else on the node mistakes a VIP for an address of the node. Marked routes that an
/// earlier run left are taken over or removed with the first snapshot, unless another agent is alive in this network
/// namespace, whose they may be.
/// </remarks>
internal sealed class VipHolder : IAsyncDisposable
{
    /// <summary>
    /// An abstract Unix address, which belongs to the network namespace as routes do and ends with the process: who is bound to
    /// it is the agent that may clean up.
    /// </summary>
    private const string AgentName = "\0nodeagent-vips";

    private const ulong WakeTag = 0;
    private const ulong EventTag = 1;

    private readonly Epoll _epoll = new();
    private readonly int _wake = LibC.EventFd().OrThrow("eventfd");
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What follows is the thread's own.
    private readonly HashSet<IPAddress> _held = [];
    private readonly Dictionary<IPAddress, int> _draining = [];
    private ImmutableHashSet<IPAddress> _wanted = [];
    private NetlinkSocket? _questions;
    private NetlinkSocket? _events;
    private LocalRoutes? _routes;
    private Socket? _agent;
    private bool _settled;
    private bool _adopting;
    private bool _stopping;
    private long _restored;
    private int _heldCount;

    public VipHolder()
    {
        _epoll.Watch(_wake, EpollBits.In, WakeTag).OrThrow("epoll_ctl");
        _thread = new Thread(Run) { IsBackground = true, Name = "vips" };
    }

    /// <summary>How many routes there are, counting those of addresses that are drained.</summary>
    public int Held => Volatile.Read(ref _heldCount);

    /// <summary>How often a route had to be put back.</summary>
    public long Restored => Volatile.Read(ref _restored);

    public void Start() => _thread.Start();

    /// <summary>
    /// Makes the node take packets to all of <paramref name="wanted"/>, from now on and until the next call. Addresses that are
    /// no longer wanted are kept until <see cref="ReleaseAsync"/>.
    /// </summary>
    /// <returns>The addresses that cannot be held, with the cause in a few words.</returns>
    public Task<ImmutableDictionary<IPAddress, string>> HoldAsync(IEnumerable<IPAddress> wanted)
    {
        ImmutableHashSet<IPAddress> remote = [.. wanted.Where(a => !IPAddress.IsLoopback(a))];
        return RunAsync(() => Hold(remote));
    }

    /// <summary>
    /// Lets go of what the last <see cref="HoldAsync"/> did not want. Completes in two steps: the outer task when the addresses
    /// that serve nothing are gone, the inner one when those are gone, too, that still had connections.
    /// </summary>
    /// <param name="draining">Addresses with connections, each until its task completes.</param>
    public async Task<Task> ReleaseAsync(IEnumerable<(IPAddress Address, Task Drained)> draining)
    {
        (IPAddress Address, Task Drained)[] open = [.. draining.Where(d => !d.Drained.IsCompleted)];
        await RunAsync(() =>
        {
            foreach ((IPAddress address, _) in open)
            {
                _draining[address] = _draining.GetValueOrDefault(address) + 1;
            }

            return Sweep();
        });
        return Task.WhenAll(open.Select(d => LetGoAsync(d.Address, d.Drained)));
    }

    /// <summary>Removes every route it holds and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _epoll.Dispose();
            LibC.Close(_wake);
            return;
        }

        Post(() =>
        {
            _wanted = [];
            _draining.Clear();
            Sweep();
            _stopping = true;
        });
        await _ended.Task;
    }

    private async Task LetGoAsync(IPAddress address, Task drained)
    {
        await drained;
        await RunAsync(() =>
        {
            if (--_draining[address] == 0)
            {
                _draining.Remove(address);
            }

            return Sweep();
        });
    }

    private Task<T> RunAsync<T>(Func<T> command)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(command()));
        return done.Task;
    }

    private void Post(Action command)
    {
        _commands.Enqueue(command);
        LibC.EventFdSignal(_wake);
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Turn();
            }

            _agent?.Dispose();
            _events?.Dispose();
            _questions?.Dispose();
            _epoll.Dispose();
            LibC.Close(_wake);
            _ended.SetResult();
        }
        catch (Exception e)
        {
            // A dead loop would leave addresses unheld that are reported as held.
            Environment.FailFast($"the holder of addresses failed: {e}", e);
        }
    }

    private void Turn()
    {
        bool changed = false;
        int count = _epoll.Wait(-1);
        for (int i = 0; i < count; i++)
        {
            if (_epoll.Event(i).Data == WakeTag)
            {
                LibC.EventFdClear(_wake);
            }
            else
            {
                bool concerned = false;
                bool complete = _events!.ReadAll((in NetlinkMessage message) => concerned |= LocalRoutes.Concerns(message));
                changed |= concerned || !complete;
            }
        }

        if (changed && (_held.Count > 0 || !_wanted.IsEmpty))
        {
            Reconcile(restoring: true);
        }

        while (_commands.TryDequeue(out Action? command))
        {
            command();
        }
    }

    private ImmutableDictionary<IPAddress, string> Hold(ImmutableHashSet<IPAddress> wanted)
    {
        // Most snapshots change no address, and what changes in the kernel is told: no need to look.
        if (_settled && _wanted.SetEquals(wanted))
        {
            return ImmutableDictionary<IPAddress, string>.Empty;
        }

        _wanted = wanted;
        SysResult opened = TryOpen();
        if (opened.IsError)
        {
            return AllFailed(opened);
        }

        if (_agent is null)
        {
            _agent = TryTakeName();
            _adopting = _agent is not null;
        }

        return Reconcile(restoring: false);
    }

    /// <summary>Listens before it reads: what changes after the first look is told.</summary>
    private SysResult TryOpen()
    {
        SysResult result = default;
        if (_events is null)
        {
            result = NetlinkSocket.TrySubscribe(LocalRoutes.EventGroups, out _events);
            if (!result.IsError)
            {
                _epoll.Watch(_events!.Descriptor, EpollBits.In, EventTag).OrThrow("epoll_ctl");
            }
        }

        if (!result.IsError && _questions is null)
        {
            result = NetlinkSocket.TryOpen(out _questions);
            _routes = result.IsError ? null : new LocalRoutes(_questions!);
        }

        return result;
    }

    /// <param name="restoring">Nobody asked: something changed in the kernel.</param>
    private ImmutableDictionary<IPAddress, string> Reconcile(bool restoring)
    {
        _settled = false;
        SysResult read = _routes!.TryRead(out LocalTable table);
        if (read.IsError)
        {
            return AllFailed(read);
        }

        if (_adopting)
        {
            _held.UnionWith(table.Ours.Keys);
            _adopting = false;
        }

        ImmutableHashSet<IPAddress> needed = _wanted.Union(_draining.Keys.Where(_held.Contains));
        VipPlan plan = VipPlan.Of(needed, table, _routes.NodeSource(), LocalRoutes.Mark);
        _held.UnionWith(plan.Adopted);
        ImmutableDictionary<IPAddress, string>.Builder failed = plan.Refused.ToBuilder();
        foreach (KernelRoute route in plan.Add)
        {
            SysResult added = _routes.Add(route);
            if (added.IsError)
            {
                failed[route.Destination] = Describe(added);
                continue;
            }

            _held.Add(route.Destination);
            _restored += restoring ? 1 : 0;
        }

        foreach (KernelRoute route in plan.Replace)
        {
            // A route with an outdated source still takes packets: nothing to refuse service for.
            _routes.Put(route);
        }

        _settled = failed.Count == 0;
        Volatile.Write(ref _heldCount, _held.Count);
        return failed.ToImmutable();
    }

    /// <returns>How many routes were removed.</returns>
    private int Sweep()
    {
        int before = _held.Count;
        _held.RemoveWhere(a => !_wanted.Contains(a) && !_draining.ContainsKey(a)
            && !_routes!.Remove(VipPlan.RouteTo(a, null, LocalRoutes.Mark)).IsError);
        Volatile.Write(ref _heldCount, _held.Count);
        return before - _held.Count;
    }

    private ImmutableDictionary<IPAddress, string> AllFailed(SysResult result) =>
        _wanted.ToImmutableDictionary(a => a, _ => Describe(result));

    private static string Describe(SysResult result) => "cannot hold the address: " + result.Errno switch
    {
        Errno.NotPermitted => "needs CAP_NET_ADMIN",
        Errno.Exists => "the table of local addresses has another kind of route to it",
        Errno.NetDown => "the loopback link is down",
        int errno => Errno.Describe(errno),
    };

    private static Socket? TryTakeName()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(AgentName));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
