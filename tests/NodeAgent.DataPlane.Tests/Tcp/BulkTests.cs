using System.Net.Sockets;
using NodeAgent.DataPlane.Linux;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed class BulkTests
{
    private const int Streams = 8;
    private const int MiB = 1 << 20;
    private const int Each = 8 * MiB;

    /// <summary>The listener and the connections of these tests fit in, and no pipe: everything is copied.</summary>
    private static DescriptorBudget NoRoomForPipes => TcpRig.BudgetOf((Streams * 2) + 1, TcpRig.Options.Workers);

    private static DescriptorBudget RoomForPipes => new(2_000);

    [Fact]
    public Task Eight_streams_both_ways_by_splice() => StreamBothWaysAsync(RoomForPipes, spliced: true);

    [Fact]
    public Task Eight_streams_both_ways_by_copy() => StreamBothWaysAsync(NoRoomForPipes, spliced: false);

    [Fact]
    public async Task Messages_that_change_size_switch_between_copy_and_splice()
    {
        DescriptorBudget budget = RoomForPipes;
        await using TcpRig rig = await TcpRig.StartAsync(budget: budget);
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        using Socket client = await rig.ConnectAsync();
        using Socket backend = await listener.TakeAsync();
        var payload = new Payload(1);
        long at = 0;
        for (int round = 0; round < 40; round++)
        {
            int large = 200_000 + (round * 9_973);
            Task sending = payload.SendAsync(client, at, at + large, large);
            await payload.ExpectAsync(backend, at, at + large);
            await sending;
            at += large;
            for (int i = 0; i < 12; i++)
            {
                await payload.SendAsync(client, at, at + 100 + i, 100 + i);
                await payload.ExpectAsync(backend, at, at + 100 + i);
                at += 100 + i;
            }
        }

        await payload.SendAsync(client, at, at + (4 * MiB), 1, 300_000, 17, 70_000, 4_096);
        client.Shutdown(SocketShutdown.Send);
        await payload.ExpectAsync(backend, at, at + (4 * MiB));
        Assert.Equal("", await backend.ReadToEndAsync());
    }

    [Fact]
    public async Task A_receiver_that_stalls_holds_its_sender_back_and_loses_nothing()
    {
        await using TcpRig rig = await TcpRig.StartAsync();
        using Socket listener = Listen();
        await rig.ServeAsync(EndPointOf(listener));
        using Socket client = await rig.ConnectAsync();
        using Socket backend = await listener.TakeAsync();
        var payload = new Payload(2);
        const int all = 64 * MiB;
        long sent = 0;
        Task sending = SendAsync();
        long seen = -1;

        // Held back: nothing was taken between two looks.
        await EventuallyAsync(
            () => Interlocked.Read(ref sent) is var now && now > 0 && now == Interlocked.Exchange(ref seen, now) && StaysAt(now),
            () => "the sender was never held back");

        // Four socket buffers (6 MiB at most each) and a pipe.
        Assert.InRange(Interlocked.Read(ref sent), 1, 32 * MiB);
        Assert.False(sending.IsCompleted);
        await payload.ExpectAsync(backend, 0, all);
        await sending;

        async Task SendAsync()
        {
            while (sent < all)
            {
                int n = await client.SendAsync(payload.At(sent, (int)Math.Min(all - sent, 100_000)));
                Interlocked.Add(ref sent, n);
            }
        }

        // No readiness to write within 200 ms: the window is shut.
        bool StaysAt(long count) => !client.Poll(200_000, SelectMode.SelectWrite) && Interlocked.Read(ref sent) == count;
    }

    private static async Task StreamBothWaysAsync(DescriptorBudget budget, bool spliced)
    {
        int beforeListening = budget.Left;
        await using (TcpRig rig = await TcpRig.StartAsync(budget: budget))
        {
            using Socket listener = Listen();
            await rig.ServeAsync(EndPointOf(listener));
            int atFirst = budget.Left;
            List<(Socket Client, Socket Backend)> pairs = [];
            for (int i = 0; i < Streams; i++)
            {
                pairs.Add((await rig.ConnectAsync(), await listener.TakeAsync()));
            }

            // In two steps: a connection that ends would make room for a pipe.
            await Task.WhenAll(pairs.Select((p, i) => StreamAsync(p.Client, p.Backend, new Payload(i), new Payload(i + Streams))));
            await Task.WhenAll(pairs.Select(p => EndAsync(p.Client, p.Backend)));
            await EventuallyAsync(() => rig.Ended("finished") == Streams, () => rig.Metrics());
            Assert.Equal((double)Streams * Each, rig.RouteMetric("tcp_received_bytes_total"));
            Assert.Equal((double)Streams * Each, rig.RouteMetric("tcp_sent_bytes_total"));

            // What is still held are pipes kept for the next.
            Assert.True(spliced ? budget.Left < atFirst : budget.Left == atFirst, $"{budget.Left} of {atFirst}");
            Assert.InRange(atFirst - budget.Left, 0, Streams * 2 * 2);
        }

        Assert.Equal(beforeListening, budget.Left);
    }

    private static Task StreamAsync(Socket client, Socket backend, Payload up, Payload down) => Task.WhenAll(
        up.SendAsync(client, 0, Each, 200_000),
        up.ExpectAsync(backend, 0, Each),
        down.SendAsync(backend, 0, Each, 150_000),
        down.ExpectAsync(client, 0, Each));

    private static async Task EndAsync(Socket client, Socket backend)
    {
        using (client)
        using (backend)
        {
            client.Shutdown(SocketShutdown.Send);
            backend.Shutdown(SocketShutdown.Send);
            Assert.Equal("", await client.ReadToEndAsync());
            Assert.Equal("", await backend.ReadToEndAsync());
        }
    }
}
