using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Vips;
using static NodeAgent.DataPlane.Tests.Vips.NetworkNamespace;

namespace NodeAgent.DataPlane.Tests.Vips;

public sealed class VipHolderTests
{
    private static readonly IPAddress V4 = IPAddress.Parse("10.9.0.1");
    private static readonly IPAddress Other = IPAddress.Parse("10.9.0.2");
    private static readonly IPAddress V6 = IPAddress.Parse("fd00:9::1");

    [NamespaceFact]
    public void HeldAddressesHaveOneMarkedRouteEachAndLeaveWithTheHolder() => Run(async () =>
    {
        string before = Ip("route show table all") + Ip("-6 route show table all");
        VipHolder holder = Started();

        Assert.Empty(await holder.HoldAsync([V4, V6, IPAddress.Loopback]));

        Assert.Equal(["local 10.9.0.1 dev lo scope host"], Marked(""));
        Assert.StartsWith("local fd00:9::1 dev lo ", Assert.Single(Marked("-6")), StringComparison.Ordinal);
        await holder.DisposeAsync();
        Assert.Equal(before, Ip("route show table all") + Ip("-6 route show table all"));
    });

    [NamespaceFact]
    public void HoldingTheSameAgainChangesNothing() => Run(async () =>
    {
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4, V6]);
        using var events = new RouteEvents();

        Assert.Empty(await holder.HoldAsync([V4, V6]));
        await holder.ReleaseAsync([]);
        await holder.HoldAsync([V4, V6, Other]);

        // The first change the kernel told of is that of the third call.
        Assert.Equal(Other, (await events.NextAsync()).Route.Destination);
    });

    [NamespaceFact]
    public void RoutesOfACrashedRunAreTakenOverWhenWantedAndRemovedWhenNot() => Run(async () =>
    {
        Ip("route add local 10.9.0.1/32 dev lo proto 191 table local");
        Ip("route add local 10.9.0.2/32 dev lo proto 191 table local");
        Ip("-6 route add local fd00:9::2/128 dev lo proto 191 table local");
        await using VipHolder holder = Started();

        Assert.Empty(await holder.HoldAsync([V4]));
        await holder.ReleaseAsync([]);

        Assert.Equal(["local 10.9.0.1 dev lo scope host"], Marked(""));
        Assert.Empty(Marked("-6"));
    });

    [NamespaceFact]
    public void ASecondAgentLeavesTheRoutesOfTheFirst() => Run(async () =>
    {
        await using VipHolder first = Started();
        await first.HoldAsync([V4]);
        VipHolder second = Started();

        Assert.Empty(await second.HoldAsync([Other]));
        await second.ReleaseAsync([]);

        Assert.Equal(2, Marked("").Length);
        await first.HoldAsync([V4, V6]);
        await first.ReleaseAsync([]);
        Assert.Equal(2, Marked("").Length);
        await second.DisposeAsync();
        Assert.Equal(["local 10.9.0.1 dev lo scope host"], Marked(""));
    });

    [NamespaceFact]
    public void RoutesOfOthersAreNeverTouched() => Run(async () =>
    {
        Ip("route add local 10.9.0.1/32 dev lo proto 77 table local");
        Ip("route add local 10.8.0.0/24 dev lo proto static table local");
        Ip("route add blackhole 10.9.0.2/32 proto 191");
        string before = Ip("route show table all");
        VipHolder holder = Started();

        Assert.Empty(await holder.HoldAsync([V4, IPAddress.Parse("10.8.0.7")]));
        Assert.Empty(Marked(""));
        await holder.HoldAsync([]);
        await holder.ReleaseAsync([]);
        await holder.DisposeAsync();

        Assert.Equal(before, Ip("route show table all"));
    });

    [NamespaceFact]
    public void AnAddressIsKeptUntilItsConnectionsAreDrained() => Run(async () =>
    {
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4, Other]);
        var connections = new TaskCompletionSource();

        await holder.HoldAsync([]);
        Task gone = await holder.ReleaseAsync([(V4, connections.Task), (Other, Task.CompletedTask)]);
        Assert.Equal(["local 10.9.0.1 dev lo scope host"], Marked(""));

        using var events = new RouteEvents();
        Ip("route del local 10.9.0.1 dev lo table local");
        await events.NextAsync(r => r.Destination.Equals(V4));
        await (await holder.ReleaseAsync([]));
        Assert.Single(Marked(""));
        Assert.Equal(1, holder.Held);
        connections.SetResult();
        await gone;
        Assert.Empty(Marked(""));
    });

    [NamespaceFact]
    public void AnAddressThatIsWantedAgainSurvivesTheEndOfItsDrain() => Run(async () =>
    {
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4]);
        var connections = new TaskCompletionSource();
        await holder.HoldAsync([]);
        Task gone = await holder.ReleaseAsync([(V4, connections.Task)]);

        await holder.HoldAsync([V4]);
        connections.SetResult();
        await gone;

        Assert.Single(Marked(""));
    });

    [NamespaceFact]
    public void ARemovedRouteIsPutBackWithinATenthOfASecond() => Run(async () =>
    {
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4, V6]);
        NetlinkSocket.TryOpen(out NetlinkSocket? socket).OrThrow("netlink");
        using var events = new RouteEvents();
        var milliseconds = new List<double>();
        for (int i = 0; i < 20; i++)
        {
            KernelRoute route = VipPlan.RouteTo(i % 2 == 0 ? V4 : V6, null, LocalRoutes.Mark);
            long start = Stopwatch.GetTimestamp();
            new LocalRoutes(socket!).Remove(route).OrThrow("remove");
            Assert.True((await events.NextAsync()).Removed);
            Assert.False((await events.NextAsync()).Removed);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        socket!.Dispose();
        Assert.Single(Marked(""));
        Assert.Single(Marked("-6"));
        Assert.Equal(20, holder.Restored);

        // The median, as a busy machine may stop any one thread for longer.
        Assert.InRange(milliseconds.Order().ElementAt(10), 0, 100);
    });

    [NamespaceFact]
    public void ARouteThatAnAdministratorDeletesComesBack() => Run(async () =>
    {
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4, Other]);
        using var events = new RouteEvents();

        Ip("route del local 10.9.0.1 dev lo table local");

        await events.NextAsync(r => r.Destination.Equals(V4));
        Assert.Equal(2, Marked("").Length);
    });

    [NamespaceFact]
    public void AnAddressTheNodeLosesIsHeldFromThenOn() => Run(async () =>
    {
        Ip("addr add 10.9.0.1/32 dev lo");
        await using VipHolder holder = Started();
        Assert.Empty(await holder.HoldAsync([V4]));
        Assert.Empty(Marked(""));
        using var events = new RouteEvents();

        Ip("addr del 10.9.0.1/32 dev lo");

        await events.NextAsync(r => r.Protocol == LocalRoutes.Mark);
        Assert.Single(Marked(""));
    });

    [NamespaceFact]
    public void AnAddressTheNodeGetsLaterStaysWhenOursGoes() => Run(async () =>
    {
        VipHolder holder = Started();
        await holder.HoldAsync([V4]);
        Ip("addr add 10.9.0.1/32 dev lo");

        await holder.DisposeAsync();

        Assert.Empty(Marked(""));
        Assert.Contains("local 10.9.0.1 dev lo proto kernel", Ip("route show table local"), StringComparison.Ordinal);
    });

    [NamespaceFact]
    public void ProcessesOfTheNodeReachAVipFromTheNodesAddressWhateverItIs() => Run(async () =>
    {
        Ip("link add up0 type veth peer name up1");
        Ip("link set up0 up");
        Ip("link set up1 up");
        Ip("addr add 172.30.0.5/24 dev up0");
        Ip("addr add 172.31.0.5/24 dev up0");
        await using VipHolder holder = Started();
        await holder.HoldAsync([V4]);
        Assert.Equal("172.30.0.5", ClientAddress(V4));
        using var events = new RouteEvents();

        // The default route has the last word on which address is the node's.
        Ip("route add default via 172.31.0.1 dev up0");

        await events.NextAsync(r => Equals(r.Source, IPAddress.Parse("172.31.0.5")));
        Assert.Equal("172.31.0.5", ClientAddress(V4));
        Assert.Equal(["local 10.9.0.1 dev lo scope host src 172.31.0.5"], Marked(""));
    });

    [NamespaceFact]
    public void BothFamiliesBindAndConnect() => Run(async () =>
    {
        await using VipHolder holder = Started();
        Assert.Empty(await holder.HoldAsync([V4, V6]));

        // With no address of its own the node is the VIP to itself; IPv6 falls back to loopback.
        Assert.Equal("10.9.0.1", ClientAddress(V4));
        Assert.Equal("::1", ClientAddress(V6));

        Ip("link add up0 type veth peer name up1");
        Ip("link set up0 up");
        Ip("-6 addr add fd00:8::5/64 dev up0 nodad");
        Assert.Equal("fd00:8::5", ClientAddress(V6));
    });

    [NamespaceFact]
    public void AddressesNoNodeMayTakeAreRefusedWithTheReason() => Run(async () =>
    {
        Ip("link add up0 type veth peer name up1");
        Ip("link set up0 up");
        Ip("addr add 172.30.0.5/24 brd + dev up0");
        await using VipHolder holder = Started();
        string[] refused = ["0.0.0.0", "224.0.0.5", "255.255.255.255", "172.30.0.255", "169.254.169.254", "::", "ff02::1", "fe80::77"];

        ImmutableDictionary<IPAddress, string> errors = await holder.HoldAsync([V4, .. refused.Select(IPAddress.Parse)]);

        Assert.Equal(refused.Select(IPAddress.Parse).ToHashSet(), errors.Keys.ToHashSet());
        Assert.Equal("it is a broadcast address", errors[IPAddress.Parse("172.30.0.255")]);
        Assert.Single(Marked(""));
        Assert.Empty(Marked("-6"));
    });

    private static VipHolder Started()
    {
        var holder = new VipHolder();
        holder.Start();
        return holder;
    }

    private static string[] Marked(string family) => NetworkNamespace.Marked(family, LocalRoutes.Mark);

    /// <summary>Connects from this node to a listener on <paramref name="address"/>.</summary>
    /// <returns>Who the listener says it was.</returns>
    private static string ClientAddress(IPAddress address)
    {
        using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            const int ipv6 = 41, freeBind = 78;
            listener.SetRawSocketOption(ipv6, freeBind, BitConverter.GetBytes(1));
        }

        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using Socket accepted = listener.Accept();
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString();
    }
}
