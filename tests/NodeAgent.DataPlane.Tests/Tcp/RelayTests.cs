using System.Net.Sockets;
using NodeAgent.Echo;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed class RelayTests : IAsyncLifetime
{
    private const int Rounds = 30;

    private static readonly string Large = new('x', 2_000_000);
    private static readonly string Small = new('y', 5_000);

    private TcpRig _rig = null!;

    public async Task InitializeAsync() => _rig = await TcpRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task The_server_may_speak_first_and_lines_come_back()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackTcp("pod-1"));
        await _rig.ServeAsync(echo.Tcp[0]);
        const string greeting = "Gateway API Test TCP Server\n";
        for (int i = 0; i < 20; i++)
        {
            using Socket client = await _rig.ConnectAsync();
            Assert.Equal(greeting, await client.ReadTextAsync(greeting.Length));
            await client.SendTextAsync("PING\nhello\n");
            Assert.Equal("PONG\nhello\n", await client.ReadTextAsync(11));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("", await client.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task What_the_client_says_before_the_backend_is_connected_arrives()
    {
        // The kernel completes the handshake of the full backlog's next connection only once it is drained.
        using Socket slow = Listen(backlog: 0);
        using Socket filler = await ConnectAsync(EndPointOf(slow));
        await _rig.ServeAsync(EndPointOf(slow));
        using Socket client = await _rig.ConnectAsync();
        await client.SendTextAsync("early ");
        await client.SendTextAsync("bird");
        client.Shutdown(SocketShutdown.Send);
        using Socket first = await slow.TakeAsync();
        using Socket backend = await slow.TakeAsync();
        Assert.Equal("early bird", await backend.ReadToEndAsync());
        await backend.SendTextAsync("worm");
        backend.Dispose();
        Assert.Equal("worm", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_client_that_has_ended_its_side_still_gets_the_reply()
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            string request = await c.ReadToEndAsync();
            await c.SendAsync(request == Large ? Small : $"got {request.Length}");
        });
        await _rig.ServeAsync(backend.EndPoint);
        await Task.WhenAll(Enumerable.Range(0, Rounds).Select(async _ =>
        {
            using Socket client = await _rig.ConnectAsync();
            await client.SendTextAsync(Large);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(Small, await client.ReadToEndAsync());
        }));
        await EventuallyAsync(() => _rig.Ended("finished") == Rounds, () => _rig.Metrics());
    }

    [Fact]
    public async Task A_backend_that_has_ended_its_side_still_gets_the_reply()
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            await c.SendAsync(Large);
            c.ShutdownSend();
            await c.ReadToEndAsync();
        });
        await _rig.ServeAsync(backend.EndPoint);
        await Task.WhenAll(Enumerable.Range(0, Rounds).Select(async _ =>
        {
            using Socket client = await _rig.ConnectAsync();
            Assert.Equal(Large, await client.ReadToEndAsync());
            await client.SendTextAsync(Small);
        }));
        for (int i = 0; i < Rounds; i++)
        {
            RawConnection connection = await backend.NextConnectionAsync();
            await connection.Ended.WaitAsync(Patience);
            Assert.Null(connection.Fault);
            Assert.Equal(Small, connection.Received);
        }

        await EventuallyAsync(() => _rig.Ended("finished") == Rounds, () => _rig.Metrics());
    }

    [Fact]
    public async Task What_a_backend_said_before_it_closed_reaches_the_client()
    {
        // Closed at once, without reading what the client sends meanwhile.
        await using RawBackend backend = RawBackend.Start(c => c.SendAsync(Small));
        await _rig.ServeAsync(backend.EndPoint);
        await Task.WhenAll(Enumerable.Range(0, Rounds).Select(async _ =>
        {
            using Socket client = await _rig.ConnectAsync();
            Assert.Equal(Small, await client.ReadTextAsync(Small.Length));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("", await client.ReadToEndAsync());
        }));
    }

    [Fact]
    public async Task A_backend_that_refuses_with_a_word_and_a_reset_is_heard()
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            await c.ReadAsync(5);
            await c.SendAsync("no");
            c.Reset();
        });
        await _rig.ServeAsync(backend.EndPoint);
        for (int i = 0; i < Rounds; i++)
        {
            using Socket client = await _rig.ConnectAsync();
            await client.SendTextAsync("hello");
            Assert.Equal("no", await client.ReadToResetAsync());
        }
    }

    [Fact]
    public async Task Urgent_data_stops_nothing()
    {
        using Socket listener = Listen();
        await _rig.ServeAsync(EndPointOf(listener));
        foreach (int size in (int[])[10, 600_000])
        {
            using Socket client = await _rig.ConnectAsync();
            using Socket backend = await listener.TakeAsync();
            Task<string> reading = backend.ReadToEndAsync();
            string before = new('a', size), after = new('b', size);
            await client.SendTextAsync(before);
            await client.SendAsync("!"u8.ToArray(), SocketFlags.OutOfBand);
            await client.SendTextAsync(after);
            client.Shutdown(SocketShutdown.Send);
            string got = await reading;
            Assert.Equal(before + after, got.Replace("!", "", StringComparison.Ordinal));
        }
    }
}
