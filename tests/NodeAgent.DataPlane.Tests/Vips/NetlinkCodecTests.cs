using System.Net;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Vips;

namespace NodeAgent.DataPlane.Tests.Vips;

public sealed class NetlinkCodecTests
{
    private static readonly Gen<byte> Byte = Gen.Choose(0, 255).Select(b => (byte)b);

    private static readonly Gen<KernelRoute> Route =
        from size in Gen.Elements(4, 16)
        from destination in Byte.ArrayOf(size)
        from prefix in Gen.Choose(1, size * 8)
        from table in Gen.Elements<uint>(254, 255, 1000, uint.MaxValue)
        from type in Gen.Elements(RouteType.Unicast, RouteType.Local, RouteType.Broadcast, RouteType.Anycast)
        from protocol in Byte
        from source in Byte.ArrayOf(size)
        from hasSource in Gen.Elements(true, false)
        select new KernelRoute(new IPAddress(destination), prefix, table, type, protocol, hasSource ? new IPAddress(source) : null);

    [Fact]
    public void ARequestIsWhatRtnetlinkWants()
    {
        var route = new KernelRoute(
            IPAddress.Parse("10.9.0.1"), 32, KernelRoute.LocalTable, RouteType.Local, 191, IPAddress.Parse("192.0.2.7"));

        byte[] message = route.Encode(new byte[128], KernelRoute.NewMessage, 0x0605).ToArray();

        byte[] expected =
        [
            60, 0, 0, 0, 24, 0, 0x05, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, // nlmsghdr: length, RTM_NEWROUTE, flags, sequence, port
            2, 32, 0, 0, 255, 191, 254, 2, 0, 0, 0, 0, // rtmsg: AF_INET, /32, local table, protocol, RT_SCOPE_HOST, RTN_LOCAL
            8, 0, 1, 0, 10, 9, 0, 1, // RTA_DST
            8, 0, 7, 0, 192, 0, 2, 7, // RTA_PREFSRC
            8, 0, 4, 0, 1, 0, 0, 0, // RTA_OIF lo
            8, 0, 15, 0, 255, 0, 0, 0, // RTA_TABLE
        ];
        Assert.Equal(expected, message);
    }

    [Fact]
    public void RoutesComeBackAsTheyWereWritten() => Check.QuickThrowOnFailure(Prop.ForAll(Route.ToArbitrary(), route =>
        Decode(route.Encode(new byte[128], KernelRoute.NewMessage, 0)) is [KernelRoute decoded] && decoded == route));

    [Fact]
    public void SeveralMessagesOfOneDatagramAreAllRead() => Check.QuickThrowOnFailure(Prop.ForAll(
        Route.ListOf().ToArbitrary(),
        routes => Decode([.. routes.SelectMany(r => Encode(r))]).SequenceEqual(routes)));

    [Fact]
    public void AMessageThatIsCutOffIsNoRoute() => Check.QuickThrowOnFailure(Prop.ForAll(Route.ToArbitrary(), route =>
    {
        byte[] whole = Encode(route);
        return Enumerable.Range(0, whole.Length).All(length => Decode(whole.AsSpan(0, length)).Count == 0);
    }));

    [Fact]
    public void ABodyThatIsCutOffInsideAnAttributeIsNoRoute() => Check.QuickThrowOnFailure(Prop.ForAll(Route.ToArbitrary(), route =>
    {
        byte[] whole = Encode(route);
        const int attributes = NetlinkMessage.HeaderSize + KernelRoute.HeaderSize;
        return Enumerable.Range(attributes, whole.Length - attributes).Where(length => length % 4 != 0).All(length =>
        {
            byte[] cut = whole[..length];
            BitConverter.TryWriteBytes(cut, length);
            return Decode(cut).Count == 0;
        });
    }));

    [Fact]
    public void ChangedBytesAreReadToAnEndWithoutAThrow() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from routes in Route.NonEmptyListOf()
         from changes in Gen.Zip(Gen.Choose(0, int.MaxValue), Byte).NonEmptyListOf()
         select (Bytes: routes.SelectMany(Encode).ToArray(), changes)).ToArbitrary(),
        mutated =>
        {
            foreach ((int at, byte value) in mutated.changes)
            {
                mutated.Bytes[at % mutated.Bytes.Length] = value;
            }

            // What is accepted is consistent: a prefix that fits its address, so that asking what it covers is safe.
            return Decode(mutated.Bytes).All(r => r.Covers(r.Destination));
        }));

    [Fact]
    public void RandomAttributesAreReadToAnEndWithoutAThrow() => Check.QuickThrowOnFailure(Prop.ForAll(
        Byte.ArrayOf().ToArbitrary(),
        bytes =>
        {
            int read = 0;
            var attributes = new NetlinkAttributes(bytes);
            while (attributes.TryRead(out _, out ReadOnlySpan<byte> value))
            {
                read += NetlinkMessage.AttributeHeaderSize + value.Length;
            }

            var message = new NetlinkMessage(KernelAddress.NewMessage, 0, 0, bytes);
            KernelAddress.TryDecode(message, out _);
            LocalRoutes.Concerns(message);
            return read <= bytes.Length && (attributes.Malformed || read > 0 || bytes.Length == 0);
        }));

    [Fact]
    public void AnAddressOfALinkIsTheNodesOwnNotItsPeers()
    {
        byte[] body = [2, 32, 1, 0, 3, 0, 0, 0, 8, 0, 1, 0, 10, 0, 0, 2, 8, 0, 2, 0, 10, 0, 0, 1];

        Assert.True(KernelAddress.TryDecode(new NetlinkMessage(KernelAddress.NewMessage, 0, 0, body), out KernelAddress? address));

        Assert.Equal(new KernelAddress(IPAddress.Parse("10.0.0.1"), 3, IsGlobal: true, IsSecondary: true), address);
    }

    [Theory]
    [InlineData("10.9.0.0", 16, "10.9.255.1", true)]
    [InlineData("10.9.0.0", 16, "10.10.0.1", false)]
    [InlineData("10.9.0.0", 15, "10.8.0.1", true)]
    [InlineData("10.8.0.0", 13, "10.16.0.1", false)]
    [InlineData("0.0.0.0", 0, "10.9.0.1", true)]
    [InlineData("0.0.0.0", 0, "fd00::1", false)]
    [InlineData("fd00:8000::", 17, "fd00:ffff::1", true)]
    [InlineData("fd00:8000::", 17, "fd00:7fff::1", false)]
    public void ARouteCoversTheAddressesOfItsPrefix(string destination, int prefix, string address, bool covers) =>
        Assert.Equal(covers, new KernelRoute(IPAddress.Parse(destination), prefix, 255, RouteType.Local, 2, null).Covers(IPAddress.Parse(address)));

    private static byte[] Encode(KernelRoute route) => route.Encode(new byte[128], KernelRoute.NewMessage, 0).ToArray();

    private static List<KernelRoute> Decode(ReadOnlySpan<byte> datagram)
    {
        var routes = new List<KernelRoute>();
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (KernelRoute.TryDecode(message, out KernelRoute? route))
            {
                routes.Add(route!);
            }
        }

        return routes;
    }
}
