using System.Collections.Immutable;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed partial class ListenerTests
{
    private const string Greeting = "hello\n";

    /// <summary>SO_REUSEPORT.</summary>
    private static readonly (int Level, int Name) ReusePort = (1, 15);

    [Fact]
    public async Task A_taken_port_is_named_the_others_serve_and_it_is_bound_once_it_is_free()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        await using RawBackend backend = Greeter();
        Resource[] wanted = TwoListeners(rig, backend);
        using (Listen(new IPEndPoint(rig.Address, 7001)))
        {
            ImmutableArray<BindResult> results = await rig.ApplyAsync(wanted);
            Assert.Equal([true, false], results.OrderBy(r => r.Port).Select(r => r.Bound));
            BindResult failed = results.Single(r => !r.Bound);
            Assert.Equal(("shop/edge", "other", rig.Address.ToString(), 7001), (failed.Gateway, failed.Listener, failed.Address, failed.Port));
            Assert.Equal($"{rig.Address}:7001: address already in use", failed.Error);
            await ExpectGreetingAsync(rig);
        }

        Assert.All(await rig.ApplyAsync(wanted), r => Assert.Null(r.Error));
        await ExpectGreetingAsync(rig, 7001);
        await ExpectGreetingAsync(rig);
    }

    [Fact]
    public async Task An_address_no_node_may_take_is_named()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        GatewayResource edge = rig.Edge(TcpRig.TcpListener()) with { Addresses = ["224.0.0.7", "ff02::7"] };
        ImmutableArray<BindResult> results = await rig.ApplyAsync(edge);
        Assert.Equal("224.0.0.7:7000: it is a multicast address", results.Single(r => r.Address == "224.0.0.7").Error);
        Assert.Equal("[ff02::7]:7000: it is a multicast address", results.Single(r => r.Address == "ff02::7").Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_second_data_plane_cannot_share_a_port(int workers)
    {
        await using TcpRig first = await TcpRig.StartAsync(TcpRig.Options with { Workers = workers });
        await using TcpRig second = await TcpRig.StartAsync(TcpRig.Options with { Workers = workers });
        Resource edge = first.Edge(TcpRig.TcpListener());
        Assert.All(await first.ApplyAsync(edge), r => Assert.Null(r.Error));
        Assert.All(await second.ApplyAsync(edge), r => Assert.Contains("already in use", r.Error, StringComparison.Ordinal));
        await first.ApplyAsync();
        Assert.All(await second.ApplyAsync(edge), r => Assert.Null(r.Error));
    }

    [Fact]
    public async Task A_port_that_others_are_willing_to_share_is_taken_nevertheless()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        using Socket sharing = SharingListener();
        sharing.Bind(rig.EndPoint);
        sharing.Listen();
        Assert.All(await rig.ApplyAsync(rig.Edge(TcpRig.TcpListener())), r => Assert.False(r.Bound));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_later_listener_of_the_same_user_cannot_join_by_SO_REUSEPORT(int workers)
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { Workers = workers });
        await rig.ApplyAsync(rig.Edge(TcpRig.TcpListener()));
        using Socket sharing = SharingListener();
        if (workers == 1 || Environment.IsPrivilegedProcess)
        {
            Assert.Throws<SocketException>(() => sharing.Bind(rig.EndPoint));
        }
        else
        {
            // Several workers need SO_REUSEPORT themselves, and shutting it behind them takes CAP_NET_ADMIN.
            sharing.Bind(rig.EndPoint);
        }
    }

    [Fact]
    public async Task All_workers_get_connections()
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { Workers = 4 });
        await using RawBackend backend = Greeter();
        await rig.ServeAsync(backend.EndPoint);
        Dictionary<string, double> before = TurnsOf(rig);
        for (int i = 0; i < 200; i++)
        {
            await ExpectGreetingAsync(rig);
        }

        // 200 connections miss one of four workers once in 10^24 runs.
        Dictionary<string, double> after = TurnsOf(rig);
        Assert.Equal(4, after.Count);
        Assert.All(after, w => Assert.True(w.Value > before[w.Key] + 20, $"worker {w.Key}: {before[w.Key]} -> {w.Value} turns"));
        Assert.Equal(200, rig.Metric($"listener_connections_accepted_total{{address=\"{rig.EndPoint}\"}}"));
    }

    [Fact]
    public async Task Relays_of_a_removed_listener_run_on_until_the_deadline_and_new_ones_are_refused()
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { DrainTimeout = TimeSpan.FromSeconds(1) });
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        using Socket client = await rig.ConnectAsync();
        using Socket backend = await listener.TakeAsync();
        long removed = Environment.TickCount64;
        await rig.ApplyAsync();
        await ExpectRefusedAsync(rig.EndPoint);
        await client.SendTextAsync("still there");
        Assert.Equal("still there", await backend.ReadTextAsync(11));
        Assert.Equal("", await client.ReadToResetAsync());
        Assert.InRange(Environment.TickCount64 - removed, 900, 10_000);
        Assert.Equal("", await backend.ReadToResetAsync());
    }

    [Fact]
    public async Task A_listener_that_comes_back_while_its_connections_drain_is_bound_at_once()
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { DrainTimeout = TimeSpan.FromMilliseconds(200) });
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        using Socket old = await rig.ConnectAsync();
        using Socket oldBackend = await listener.TakeAsync();
        await rig.ApplyAsync();
        await rig.ServeAsync(EndPointOf(listener));
        using Socket client = await rig.ConnectAsync();
        using Socket backend = await listener.TakeAsync();
        await old.ReadToResetAsync();
        await client.SendTextAsync("new");
        Assert.Equal("new", await backend.ReadTextAsync(3));
    }

    [Fact]
    public async Task What_waits_in_the_accept_queue_when_a_listener_goes_is_served()
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { DrainTimeout = Patience });
        await using RawBackend backend = Greeter();
        for (int round = 0; round < 10; round++)
        {
            await rig.ServeAsync(backend.EndPoint);
            List<Socket> clients = [];
            for (int i = 0; i < 20; i++)
            {
                clients.Add(await rig.ConnectAsync());
            }

            await rig.ApplyAsync();
            foreach (Socket client in clients)
            {
                Assert.Equal(Greeting, await client.ReadToEndAsync());
                client.Dispose();
            }
        }
    }

    [Fact]
    public async Task A_listener_turns_from_TCP_to_HTTP_and_back_without_being_bound_anew()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("pod-1"));
        using Socket listener = Listen();
        using var http = new HttpClient { Timeout = Patience };
        string accepted = $"listener_connections_accepted_total{{address=\"{rig.EndPoint}\"}}";
        await rig.ServeAsync(EndPointOf(listener));
        using Socket client = await rig.ConnectAsync();
        using Socket backend = await listener.TakeAsync();
        for (int i = 0; i < 3; i++)
        {
            double before = rig.Metric(accepted);
            Resource[] asHttp = [rig.Edge(TcpRig.HttpListener()), TcpRig.HttpRoute(TcpRig.Share("a")), TcpRig.Service("a", echo.Http[0])];
            Assert.All(await rig.ApplyAsync(asHttp), r => Assert.Null(r.Error));
            Assert.Contains("pod-1", await http.GetStringAsync(new Uri($"http://{rig.EndPoint}/")), StringComparison.Ordinal);

            // What was relayed before goes on: nobody closed its listener.
            await client.SendTextAsync("on");
            Assert.Equal("on", await backend.ReadTextAsync(2));
            await rig.ServeAsync(EndPointOf(listener));
            using Socket next = await rig.ConnectAsync();
            using Socket nextBackend = await listener.TakeAsync();
            await next.SendTextAsync("tcp");
            Assert.Equal("tcp", await nextBackend.ReadTextAsync(3));

            // A new binding would count from zero.
            Assert.True(rig.Metric(accepted) > before, rig.Metrics());
        }
    }

    [Fact]
    public async Task A_data_plane_that_never_started_can_be_disposed()
    {
        string log = Path.GetTempFileName();
        try
        {
            var plane = new GatewayDataPlane(TcpRig.Options with { AccessLog = log });
            await plane.DisposeAsync().AsTask().WaitAsync(Patience);
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static RawBackend Greeter() => RawBackend.Start(c => c.SendAsync(Greeting));

    private static async Task ExpectGreetingAsync(TcpRig rig, int port = TcpRig.Port)
    {
        using Socket client = await rig.ConnectAsync(port);
        Assert.Equal(Greeting, await client.ReadToEndAsync());
    }

    private static Resource[] TwoListeners(TcpRig rig, RawBackend backend) =>
    [
        rig.Edge(TcpRig.TcpListener(), TcpRig.TcpListener("other", 7001)),
        TcpRig.Service("a", backend.EndPoint),
        TcpRig.Route(TcpRig.Share("a")) with
        {
            Parents = [new RouteParent(TcpRig.Gateway, "tcp", []), new RouteParent(TcpRig.Gateway, "other", [])],
        },
    ];

    private static Socket SharingListener()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(ReusePort.Level, ReusePort.Name, BitConverter.GetBytes(1));
        return socket;
    }

    /// <summary>Turns of the loop by worker.</summary>
    private static Dictionary<string, double> TurnsOf(TcpRig rig) => TurnCounts().Matches(rig.Metrics())
        .ToDictionary(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex("worker_loop_lag_seconds_count\\{worker=\"(\\d+)\"\\} (\\d+)")]
    private static partial Regex TurnCounts();
}
