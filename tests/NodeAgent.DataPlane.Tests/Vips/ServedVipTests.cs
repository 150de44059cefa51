using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeAgent.DataPlane.Vips;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Vips.NetworkNamespace;

namespace NodeAgent.DataPlane.Tests.Vips;

/// <summary>The whole data plane, with Gateways on addresses the node does not have.</summary>
public sealed class ServedVipTests
{
    private static readonly string[] Vips = ["10.9.0.1", "fd00:9::1"];

    [NamespaceFact]
    public void AGatewayIsServedOnAddressesThatAreNotOnTheNodeUntilTheDataPlaneEnds() => Run(async () =>
    {
        using Socket backend = Backend();
        GatewayDataPlane dataPlane = await StartedAsync();

        Assert.All(await dataPlane.ApplyAsync(Serving(backend, Vips)), r => Assert.Null(r.Error));

        foreach (string vip in Vips)
        {
            using Socket client = await ConnectAsync(vip);
            using Socket served = await backend.AcceptAsync();
            await AssertFlowsAsync(client, served);
        }

        Assert.Single(Marked(""));
        Assert.Single(Marked("-6"));
        await dataPlane.DisposeAsync();
        Assert.Empty(Marked(""));
        Assert.Empty(Marked("-6"));
    });

    [NamespaceFact]
    public void AConnectionKeepsTheAddressOfARemovedGatewayUntilItEnds() => Run(async () =>
    {
        using Socket backend = Backend();
        await using GatewayDataPlane dataPlane = await StartedAsync();
        await dataPlane.ApplyAsync(Serving(backend, "10.9.0.1", "10.9.0.2"));
        using var events = new RouteEvents();
        using Socket client = await ConnectAsync("10.9.0.1");
        using Socket served = await backend.AcceptAsync();

        await dataPlane.ApplyAsync(ConfigSnapshot.Empty);

        Assert.Equal(["local 10.9.0.1 dev lo scope host"], Marked(""));
        await AssertFlowsAsync(client, served);
        client.Shutdown(SocketShutdown.Both);
        served.Shutdown(SocketShutdown.Both);
        RouteEvent gone;
        do
        {
            gone = await events.NextAsync();
        }
        while (!gone.Route.Destination.Equals(IPAddress.Parse("10.9.0.1")));
        Assert.True(gone.Removed);
        Assert.Empty(Marked(""));
    });

    [NamespaceFact]
    public void WithoutTheCapabilityOnlyTheListenersThatNeedItFailAndSaySo() => Run(async () =>
    {
        Capabilities.DropNetAdmin();
        using Socket backend = Backend();
        await using GatewayDataPlane dataPlane = await StartedAsync();

        ImmutableArray<BindResult> results = await dataPlane.ApplyAsync(Serving(backend, "127.80.0.1", "10.9.0.1", "fd00:9::1"));

        Assert.Equal("10.9.0.1:80: cannot hold the address: needs CAP_NET_ADMIN", results.Single(r => r.Address == "10.9.0.1").Error);
        Assert.Equal("[fd00:9::1]:80: cannot hold the address: needs CAP_NET_ADMIN", results.Single(r => r.Address == "fd00:9::1").Error);
        Assert.True(results.Single(r => r.Address == "127.80.0.1").Bound);
        using Socket client = await ConnectAsync("127.80.0.1");
        using Socket served = await backend.AcceptAsync();
        await AssertFlowsAsync(client, served);
    });

    [NamespaceFact]
    public void AnAddressOfTheNodeIsServedAsItIs() => Run(async () =>
    {
        Ip("addr add 10.9.0.1/24 dev lo");
        Capabilities.DropNetAdmin();
        using Socket backend = Backend();
        await using GatewayDataPlane dataPlane = await StartedAsync();

        BindResult result = Assert.Single(await dataPlane.ApplyAsync(Serving(backend, "10.9.0.1")));

        Assert.Null(result.Error);
        using Socket client = await ConnectAsync("10.9.0.1");
        using Socket served = await backend.AcceptAsync();
        await AssertFlowsAsync(client, served);
    });

    private static async Task<GatewayDataPlane> StartedAsync()
    {
        var dataPlane = new GatewayDataPlane(new DataPlaneOptions { Workers = 2, AccessLog = null });
        await dataPlane.StartAsync();
        return dataPlane;
    }

    private static Socket Backend()
    {
        var backend = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        backend.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        backend.Listen();
        return backend;
    }

    private static ConfigSnapshot Serving(Socket backend, params string[] addresses) => ConfigSnapshot.Create(
    [
        new GatewayResource("n", "gw", [.. addresses], [new ListenerConfig("l", 80, ListenerProtocol.Tcp)]),
        new TcpRouteResource("n", "r", 0, [new RouteParent("n/gw", "l", [])], [new BackendShare(1, BackendResource.IdOf("n", "s", 80))]),
        new BackendResource("n", "s", 80, BackendProtocol.Http1, [new Endpoint("127.0.0.1", ((IPEndPoint)backend.LocalEndPoint!).Port)]),
    ]);

    private static async Task<Socket> ConnectAsync(string vip)
    {
        var address = IPAddress.Parse(vip);
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, 80);
        return client;
    }

    private static async Task AssertFlowsAsync(Socket client, Socket served)
    {
        byte[] buffer = new byte[16];
        await client.SendAsync("ask"u8.ToArray());
        Assert.Equal("ask", Encoding.ASCII.GetString(buffer, 0, await served.ReceiveAsync(buffer)));
        await served.SendAsync("answer"u8.ToArray());
        Assert.Equal("answer", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer)));
    }

    private static string[] Marked(string family) => NetworkNamespace.Marked(family, LocalRoutes.Mark);
}
