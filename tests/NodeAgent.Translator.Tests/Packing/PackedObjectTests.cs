using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Packing;

namespace NodeAgent.Translator.Tests.Packing;

public class PackedObjectTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5_000);

    /// <summary>Words, names, what looks like either, and what is no ASCII.</summary>
    private static readonly string[] Texts =
    [
        "", "TCP", "UDP", "http", "Pod", "IPv4", "a", "shop", "shop-1", "shop-1-x7k2p", "shop-1-7c9f-0", "sho", "SHOP", "zone-a",
        "ä", "shop-ä", "\U0001F600", "shop-\U0001F600", "tab\tquote\"\\", new('x', 63), new('y', 64), new('z', 65), new('w', 1000), "\0",
    ];

    private static readonly string[] Addresses =
        ["10.0.0.1", "0.0.0.0", "255.255.255.255", "010.0.0.1", "10.1", "1", "::", "::1", "fd00::1", "FD00::1", "fd00:0::1", "::ffff:10.0.0.1", "fe80::1%3", "a.example.com", "", "ä"];

    [Fact]
    public void A_Service_comes_out_as_it_went_in() => Holds(random => new Service(
        Meta(random),
        Text(random),
        List(random, () => new ServicePort(Text(random), random.Next(65536), Text(random), OptionalText(random))))
    {
        IpFamilies = List(random, () => Text(random)),
        ClientIpAffinitySeconds = random.Next(2) == 0 ? null : random.Next(100_000),
        TrafficDistribution = OptionalText(random),
    });

    [Fact]
    public void An_EndpointSlice_comes_out_as_it_went_in() => Holds(random => new EndpointSlice(
        Meta(random),
        OptionalText(random),
        Text(random),
        List(random, () => new SlicePort(Text(random), random.Next(2) == 0 ? null : random.Next(65536), Text(random))),
        List(random, () => new SliceEndpoint(
            List(random, () => Addresses[random.Next(Addresses.Length)]), random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0)
        {
            Zone = OptionalText(random),
            ForZones = List(random, () => Text(random)),
            ForNodes = List(random, () => Text(random)),
            Owner = random.Next(2) == 0 ? null : new EndpointOwner(Text(random), Text(random), Text(random)),
        })));

    [Fact]
    public void The_Service_of_a_slice_is_known_without_unpacking_the_rest()
    {
        var slice = new EndpointSlice(Make.Meta("shop", "shop-1-x7k2p"), "shop-1", "IPv4", [], []);
        Assert.Equal("shop-1", PackedObject.ServiceOf("shop", "shop-1-x7k2p", PackedObject.Pack(slice)));
        Assert.Null(PackedObject.ServiceOf("shop", "shop-1-x7k2p", PackedObject.Pack(slice with { ServiceName = null })));
        Assert.Null(PackedObject.ServiceOf("shop", "web", PackedObject.Pack(new Service(Make.Meta("shop", "web"), "ClusterIP", []))));
    }

    [Fact]
    public void What_most_clusters_are_full_of_takes_few_bytes()
    {
        ObjectMeta meta = Make.Meta("shop", "checkout-x7k2p", 1_769_860_800) with { Generation = 3 };
        var service = new Service(meta with { Name = "checkout" }, "ClusterIP", [new ServicePort("http", 80, "TCP", null)]) { IpFamilies = ["IPv4"] };
        SliceEndpoint Endpoint(int i) =>
            new([$"10.1.2.{i}"], true, true, false) { Zone = "eu-1a", Owner = new EndpointOwner("Pod", "shop", $"checkout-7c9f8d5b4-x{i}") };
        var slice = new EndpointSlice(meta, "checkout", "IPv4", [new SlicePort("http", 8080, "TCP")], [Endpoint(0), Endpoint(1), Endpoint(2)]);

        Assert.InRange(PackedObject.Pack(service).Length, 1, 24);
        Assert.InRange(PackedObject.Pack(slice).Length, 1, 128);
    }

    [Fact]
    public void Other_kinds_are_never_packed() =>
        Assert.Throws<ArgumentException>(() => PackedObject.Pack(new Namespace(Make.Meta("", "shop"))));

    private static void Holds(Func<Random, ApiObject> make) => Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        ApiObject before = make(new Random(seed));
        byte[] packed = PackedObject.Pack(before);
        ApiObject after = PackedObject.Unpack(before.Meta.Namespace, before.Meta.Name, packed);
        return Whole(before) == Whole(after)
            && PackedObject.ServiceOf(before.Meta.Namespace, before.Meta.Name, packed) == (before as EndpointSlice)?.ServiceName;
    }));

    /// <summary>Every property of a record and of all that it holds.</summary>
    private static string Whole(ApiObject item) => JsonSerializer.Serialize(item, item.GetType());

    private static ObjectMeta Meta(Random random) => new(
        Text(random),
        Text(random),
        random.Next(2) == 0 ? 1 : random.NextInt64(),
        random.Next(2) == 0 ? 0 : random.NextInt64(-100_000_000_000, 100_000_000_000),
        List(random, () => Text(random)).Distinct().ToImmutableSortedDictionary(key => key, _ => Text(random)))
    {
        AppProtocol = OptionalText(random),
    };

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    private static string? OptionalText(Random random) => random.Next(3) == 0 ? null : Text(random);

    private static ImmutableArray<T> List<T>(Random random, Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];
}
