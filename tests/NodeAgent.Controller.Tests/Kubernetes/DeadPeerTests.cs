using System.Net;
using System.Net.Sockets;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class DeadPeerTests
{
    [Fact]
    public async Task AWatchWhosePeerIsGoneWithoutAWordIsResumedSoon()
    {
        var authority = new TestAuthority();
        await using ScriptedServer server = await StartAsync(context => IsWatch(context) ? StayAsync(context) : SendAsync(context, Page(1, "")), authority.ServerOnLoopback());
        await using var road = new Road(server.Url.Port);
        var settings = new KubernetesClientSettings { PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) };
        await using var client = new KubernetesClient(
            new ClusterAccess(new Uri($"https://127.0.0.1:{road.Port}/"), new ServerTrust(() => authority.Pem, false), new FixedCredential(Credential.None)), settings);
        await using Following following = Following.Of(client);
        await UntilAsync(() => server.Requests.Count == 2);
        road.Swallow();
        await UntilAsync(() => server.Requests.Count == 3);
        Assert.Contains("resourceVersion=1&", server.Requests.Last(), StringComparison.Ordinal);
    }

    /// <summary>Carries bytes to a port, until the connections of a moment are to be heard of no more.</summary>
    private sealed class Road : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];
        private readonly int _target;
        private readonly Task _run;
        private volatile int _swallowed;
        private int _accepted;

        public Road(int target)
        {
            _target = target;
            _listener.Start();
            _run = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>Of the connections there are now, nothing comes or goes any more, but they stay.</summary>
        public void Swallow() => _swallowed = Volatile.Read(ref _accepted);

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            lock (_sockets)
            {
                _sockets.ForEach(socket => socket.Dispose());
            }

            await _run.SoonAsync();
        }

        private async Task AcceptAsync()
        {
            var carried = new List<Task>();
            try
            {
                while (true)
                {
                    Socket near = await _listener.AcceptSocketAsync();
                    int number = Interlocked.Increment(ref _accepted);
                    var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    lock (_sockets)
                    {
                        _sockets.AddRange([near, far]);
                    }

                    await far.ConnectAsync(IPAddress.Loopback, _target);
                    carried.AddRange([CarryAsync(near, far, number), CarryAsync(far, near, number)]);
                }
            }
            catch (SocketException)
            {
                await Task.WhenAll(carried);
            }
        }

        private async Task CarryAsync(Socket from, Socket to, int number)
        {
            byte[] buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is int count and > 0)
                {
                    if (number > _swallowed)
                    {
                        await to.SendAsync(buffer.AsMemory(0, count));
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
