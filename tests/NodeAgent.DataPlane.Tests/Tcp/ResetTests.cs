using System.Net.Sockets;
using NodeAgent.Echo;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

public sealed class ResetTests : IAsyncLifetime
{
    private const int Rounds = 20;

    private TcpRig _rig = null!;
    private Socket _listener = null!;

    public async Task InitializeAsync()
    {
        _rig = await TcpRig.StartAsync();
        _listener = Listen();
        await _rig.ServeAsync(EndPointOf(_listener));
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task The_clients_reset_reaches_the_backend_after_what_it_said()
    {
        for (int i = 0; i < Rounds; i++)
        {
            (Socket client, Socket backend) = await PairAsync();
            using (client)
            using (backend)
            {
                await client.SendTextAsync("last words");
                Assert.Equal("last words", await backend.ReadTextAsync(10));
                client.Reset();
                Assert.Equal("", await backend.ReadToResetAsync());
            }
        }

        await EventuallyAsync(() => _rig.Ended("client_reset") == Rounds, () => _rig.Metrics());
    }

    [Fact]
    public async Task The_backends_reset_reaches_the_client_after_what_it_said()
    {
        for (int i = 0; i < Rounds; i++)
        {
            (Socket client, Socket backend) = await PairAsync();
            using (client)
            using (backend)
            {
                await backend.SendTextAsync("last words");
                Assert.Equal("last words", await client.ReadTextAsync(10));
                backend.Reset();
                Assert.Equal("", await client.ReadToResetAsync());
            }
        }

        await EventuallyAsync(() => _rig.Ended("backend_reset") == Rounds, () => _rig.Metrics());
    }

    [Fact]
    public async Task A_reset_of_the_client_is_passed_on_after_it_ended_its_side()
    {
        (Socket client, Socket backend) = await PairAsync();
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await backend.ReadToEndAsync());
        client.Reset();

        // A backend that only writes now and then would else hold its connection for ever.
        await ExpectBrokenAsync(backend);
        await EventuallyAsync(() => _rig.Ended("client_reset") == 1, () => _rig.Metrics());
    }

    [Fact]
    public async Task A_reset_of_the_backend_is_passed_on_after_it_ended_its_side()
    {
        (Socket client, Socket backend) = await PairAsync();
        backend.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await client.ReadToEndAsync());
        backend.Reset();
        await ExpectBrokenAsync(client);
        await EventuallyAsync(() => _rig.Ended("backend_reset") == 1, () => _rig.Metrics());
    }

    [Fact]
    public async Task A_reset_while_much_is_on_its_way_ends_both_sides()
    {
        for (int i = 0; i < Rounds; i++)
        {
            (Socket client, Socket backend) = await PairAsync();
            using (client)
            using (backend)
            {
                Task sending = SendUntilBrokenAsync(backend);
                await client.ReadTextAsync(1_000_000);
                client.Reset();
                await sending.WaitAsync(Patience);
            }
        }

        await EventuallyAsync(() => _rig.Ended("client_reset") == Rounds, () => _rig.Metrics());
    }

    [Fact]
    public async Task A_client_gone_while_its_backend_is_being_connected_does_no_harm()
    {
        using Socket slow = Listen(backlog: 0);
        using Socket filler = await ConnectAsync(EndPointOf(slow));
        await _rig.ServeAsync(EndPointOf(slow));
        Socket client = await _rig.ConnectAsync();
        await client.SendTextAsync("never mind");
        await EventuallyAsync(() => _rig.RouteMetric("tcp_connections_opened_total") == 1, () => _rig.Metrics());
        client.Reset();
        using Socket first = await slow.TakeAsync();
        using Socket backend = await slow.TakeAsync();
        await backend.ReadToResetAsync();
    }

    private async Task<(Socket Client, Socket Backend)> PairAsync()
    {
        Socket client = await _rig.ConnectAsync();
        return (client, await _listener.TakeAsync());
    }

    /// <summary>A socket that has read its peer's FIN learns of a reset by its error, not by another read.</summary>
    private static Task ExpectBrokenAsync(Socket socket) => EventuallyAsync(
        () => socket.Poll(0, SelectMode.SelectError) || (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0,
        () => "the reset did not arrive");

    private static async Task SendUntilBrokenAsync(Socket socket)
    {
        byte[] bytes = new byte[100_000];
        try
        {
            while (true)
            {
                await socket.SendAsync(bytes);
            }
        }
        catch (SocketException e)
        {
            Assert.True(e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown, e.SocketErrorCode.ToString());
        }
    }
}
