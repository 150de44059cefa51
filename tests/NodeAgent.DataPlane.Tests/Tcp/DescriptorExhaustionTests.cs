using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Echo;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed partial class DescriptorExhaustionTests
{
    private const int Fitting = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Connections_beyond_the_descriptors_wait_and_are_served_in_the_end(int workers)
    {
        var budget = TcpRig.BudgetOf(Fitting * 2, workers);
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { Workers = workers }, budget);
        await using RawBackend backend = RawBackend.Start(async c => await c.SendAsync(await c.ReadAsync(1)));
        await rig.ServeAsync(backend.EndPoint);
        List<Socket> clients = [];
        for (int i = 0; i < Fitting * 10; i++)
        {
            clients.Add(await rig.ConnectAsync());
        }

        string pauses = $"listener_accept_pauses_total{{address=\"{rig.EndPoint}\"}}";
        await EventuallyAsync(() => budget.Left == 0 && rig.Metric(pauses) > 0, () => rig.Metrics());
        Assert.Equal(Fitting, rig.RouteMetric("tcp_connections_opened_total"));
        await ExpectIdleAsync(rig);

        // Each one served makes room for another one.
        await Task.WhenAll(clients.Select(async client =>
        {
            using (client)
            {
                await client.SendTextAsync("x");
                Assert.Equal("x", await client.ReadToEndAsync());
            }
        }));
        await EventuallyAsync(() => rig.Ended("finished") == Fitting * 10, () => rig.Metrics());
        Assert.Equal(Fitting * 2, budget.Left);
    }

    [Fact]
    public async Task A_listener_for_which_no_descriptors_are_left_says_so_and_takes_none()
    {
        DescriptorBudget budget = TcpRig.BudgetOf(2, TcpRig.Options.Workers);
        await using TcpRig rig = await TcpRig.StartAsync(budget: budget);
        ImmutableArray<BindResult> results = await rig.ApplyAsync(rig.Edge(TcpRig.TcpListener(), TcpRig.TcpListener("other", 7001)));
        Assert.Equal([null, $"{rig.Address}:7001: no file descriptors left"], results.Select(r => r.Error));
        Assert.Equal(2, budget.Left);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(66)]
    [InlineData(200)]
    public void Spare_pipes_leave_room_for_a_connection(int limit)
    {
        // As many workers as could keep the whole budget in spare pipes.
        var budget = new DescriptorBudget(limit);
        int all = budget.Left;
        SplicePipePool[] pools = [.. Enumerable.Range(0, 64).Select(_ => new SplicePipePool(64, budget))];
        for (int round = 0; round < 3; round++)
        {
            List<(SplicePipePool Pool, SplicePipe Pipe)> rented = [];
            for (int i = 0; pools[i % pools.Length].TryRent(out SplicePipe pipe); i++)
            {
                rented.Add((pools[i % pools.Length], pipe));
            }

            rented.ForEach(r => r.Pool.Return(r.Pipe, empty: true));
            Assert.InRange(budget.Left, Acceptor.DescriptorsPerConnection, all - 2);
        }

        Array.ForEach(pools, p => p.Clear());
        Assert.Equal(all, budget.Left);
    }

    /// <summary>While accepting waits, a worker looks once in 50 ms; one that spins makes tens of thousands of turns.</summary>
    private static async Task ExpectIdleAsync(TcpRig rig)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        double before = Turns(rig);
        await timer.WaitForNextTickAsync();
        Assert.InRange(Turns(rig) - before, 0, 200);
    }

    private static double Turns(TcpRig rig) =>
        TurnCounts().Matches(rig.Metrics()).Sum(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("worker_loop_lag_seconds_count\\{[^}]*\\} (\\d+)")]
    private static partial Regex TurnCounts();
}
