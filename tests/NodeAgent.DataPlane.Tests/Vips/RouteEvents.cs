using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Vips;

namespace NodeAgent.DataPlane.Tests.Vips;

/// <param name="Removed">The kernel told that it went, not that it came.</param>
internal sealed record RouteEvent(bool Removed, KernelRoute Route);

/// <summary>What the kernel tells of local routes since this was made, in order.</summary>
internal sealed class RouteEvents : IDisposable
{
    private const int PatienceMilliseconds = 10_000;

    private readonly NetlinkSocket _socket;
    private readonly Epoll _epoll = new();
    private readonly Queue<RouteEvent> _told = new();

    public RouteEvents()
    {
        NetlinkSocket.TrySubscribe(LocalRoutes.EventGroups, out NetlinkSocket? socket).OrThrow("netlink");
        _socket = socket!;
        _epoll.Watch(_socket.Descriptor, EpollBits.In, 0).OrThrow("epoll_ctl");
    }

    /// <summary>Waits on another thread, as the test's own may have continuations to run.</summary>
    public Task<RouteEvent> NextAsync() => Task.Run(Next);

    /// <summary>The next route that came and is as <paramref name="wanted"/>.</summary>
    public async Task<RouteEvent> NextAsync(Predicate<KernelRoute> wanted)
    {
        RouteEvent next = await NextAsync();
        while (next.Removed || !wanted(next.Route))
        {
            next = await NextAsync();
        }

        return next;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _epoll.Dispose();
    }

    private RouteEvent Next()
    {
        while (_told.Count == 0)
        {
            Assert.True(_epoll.Wait(PatienceMilliseconds) > 0, "the kernel told of nothing");
            _socket.ReadAll((in NetlinkMessage message) =>
            {
                if (KernelRoute.TryDecode(message, out KernelRoute? route) && route!.Table == KernelRoute.LocalTable)
                {
                    _told.Enqueue(new RouteEvent(message.Type == KernelRoute.DeleteMessage, route));
                }
            });
        }

        return _told.Dequeue();
    }
}
