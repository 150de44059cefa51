using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Linux;
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
        var budget = new DescriptorBudget(Fitting * 2 * 2);
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
    public async Task Spare_pipes_never_stop_accepting()
    {
        // As many workers as could keep the whole budget in spare pipes.
        var budget = new DescriptorBudget(64);
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { Workers = 4 }, budget);
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        var payload = new Payload(5);
        for (int round = 0; round < 12; round++)
        {
            List<(Socket Client, Socket Backend)> pairs = [];
            for (int i = 0; i < 4; i++)
            {
                pairs.Add((await rig.ConnectAsync(), await listener.TakeAsync()));
            }

            await Task.WhenAll(pairs.Select(p => Task.WhenAll(
                payload.SendAsync(p.Client, 0, 1_500_000, 500_000),
                payload.ExpectAsync(p.Backend, 0, 1_500_000),
                payload.SendAsync(p.Backend, 0, 1_500_000, 500_000),
                payload.ExpectAsync(p.Client, 0, 1_500_000))));
            pairs.ForEach(p =>
            {
                p.Client.Dispose();
                p.Backend.Dispose();
            });
        }
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
