using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Tcp;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

[Collection(Alone.Name)]
public sealed class ResourceTests
{
    [Fact]
    public async Task Many_short_connections_leave_no_descriptor_behind()
    {
        const int connections = 2_000, atOnce = 20;
        var budget = new DescriptorBudget(4_000);
        await using RawBackend backend = RawBackend.Start(async c => await c.SendAsync(await c.ReadAsync(1)));
        await using TcpRig rig = await TcpRig.StartAsync(budget: budget);
        await rig.ServeAsync(backend.EndPoint);
        await AskAsync();
        await SettleAsync(1);
        int left = budget.Left;
        string[] before = Descriptors();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async i =>
        {
            for (int k = i; k < connections; k += atOnce)
            {
                await AskAsync(reset: k % 5 == 0);
            }
        }));
        await SettleAsync(connections + 1);
        Assert.Equal(left, budget.Left);

        // The runtime, and what other tests left running, may open some too; a leak of ours would be hundreds.
        await EventuallyAsync(
            () => Descriptors().Length <= before.Length + 40,
            () => $"{before.Length} descriptors at first; since then: {string.Join(", ", Descriptors().Except(before))}");

        async Task AskAsync(bool reset = false)
        {
            using Socket client = await rig.ConnectAsync();
            await client.SendTextAsync("x");
            Assert.Equal("x", await client.ReadTextAsync(1));
            if (reset)
            {
                client.Reset();
            }
        }

        Task SettleAsync(int count) => EventuallyAsync(
            () => rig.Ended("finished") + rig.Ended("client_reset") + rig.Ended("backend_reset") == count, () => rig.Metrics());
    }

    [Fact]
    public async Task Pipes_go_back_to_the_pool_while_a_connection_is_quiet_and_are_used_again()
    {
        var budget = new DescriptorBudget(4_000);
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { Workers = 1 }, budget);
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        int atFirst = budget.Left;
        const int connections = 10, size = 3_000_000;
        var payload = new Payload(3);
        List<(Socket Client, Socket Backend)> pairs = [];
        for (int i = 0; i < connections; i++)
        {
            pairs.Add((await rig.ConnectAsync(), await listener.TakeAsync()));
        }

        foreach ((Socket client, Socket backend) in pairs)
        {
            await Task.WhenAll(payload.SendAsync(client, 0, size, 500_000), payload.ExpectAsync(backend, 0, size));
        }

        // One after the other they all did with the same pipe, which none of them holds now; a second where the last piece of one
        // was still in it when the next began.
        Assert.InRange(atFirst - budget.Left, (connections * 2) + 2, (connections * 2) + 4);

        // A pipe with bytes in it does not go back: the next connection would get them.
        (Socket stalled, Socket silent) = pairs[0];
        Task sending = payload.SendAsync(stalled, 0, 64 << 20, 500_000);
        await EventuallyAsync(() => !stalled.Poll(100_000, SelectMode.SelectWrite), () => "never stalled");
        silent.Reset();
        await Assert.ThrowsAsync<SocketException>(() => sending);
        await EventuallyAsync(() => rig.Ended("backend_reset") == 1, () => rig.Metrics());
        (Socket Client, Socket Backend) other = pairs[1];
        await Task.WhenAll(payload.SendAsync(other.Client, 0, size, 500_000), payload.ExpectAsync(other.Backend, 0, size));
        pairs.ForEach(p =>
        {
            p.Client.Dispose();
            p.Backend.Dispose();
        });
        await EventuallyAsync(() => atFirst - budget.Left <= 4, () => $"{atFirst - budget.Left} descriptors still held");
    }

    [Fact]
    public async Task Nothing_is_allocated_for_bytes_relayed()
    {
        using var worker = new Worker(0, new DescriptorBudget(2_000));
        worker.Start();
        using Socket listener = Listen();
        var pool = new BackendPool("backend", 1)
        {
            Current = new BackendState(BackendProtocol.Http1, [new EndpointTarget(EndPointOf(listener), 1)]),
        };
        var target = new TcpTarget(
            new TcpEnvironment(TcpRig.Options, []), "l", null, new WeightedShares([new BackendShare(1, "backend")], _ => pool), new TcpCounters(1));
        var endPoint = new IPEndPoint(TcpRig.NewAddress(), TcpRig.Port);
        Binding.TryOpen(endPoint, target, [worker], out Binding? binding).OrThrow("bind");
        await binding!.OpenAsync();
        using Socket client = await ConnectAsync(endPoint);
        using Socket backend = await listener.TakeAsync();
        await RelayAsync();
        long before = await AllocatedAsync();
        await RelayAsync();
        long after = await AllocatedAsync();

        // The measurement itself: completing its task queues a work item.
        Assert.InRange(after - before, 0, 2_000);
        Task drained = await binding.DrainAsync(TimeSpan.Zero).WaitAsync(Patience);
        await drained.WaitAsync(Patience);

        async Task<long> AllocatedAsync()
        {
            long allocated = 0;
            await worker.RunAsync(() => allocated = GC.GetAllocatedBytesForCurrentThread());
            return allocated;
        }

        // Hundreds of events by copy, by splice, and with a receiver that is behind.
        async Task RelayAsync()
        {
            var payload = new Payload(4);
            await Task.WhenAll(payload.SendAsync(client, 0, 32 << 20, 400_000), payload.ExpectAsync(backend, 0, 32 << 20));
            for (int i = 0; i < 500; i++)
            {
                await backend.SendTextAsync("ping");
                Assert.Equal("ping", await client.ReadTextAsync(4));
            }
        }
    }

    /// <summary>What each descriptor of this process stands for.</summary>
    private static string[] Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget ?? "").Where(t => t.Length > 0)];
}
