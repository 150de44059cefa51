using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Tests.Properties;

public class EndpointSelectionProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    private static readonly ServicePort Web = new("web", 80, "TCP", null);

    [Fact]
    public void The_order_of_slices_and_endpoints_does_not_matter() => Holds((slices, random) =>
    {
        ImmutableArray<Endpoint> before = Select(slices);
        random.Shuffle(slices);
        EndpointSlice[] shuffled = [.. slices.Select(s =>
        {
            SliceEndpoint[] endpoints = [.. s.Endpoints];
            random.Shuffle(endpoints);
            return s with { Endpoints = [.. endpoints] };
        })];
        return before.SequenceEqual(Select(shuffled));
    });

    [Fact]
    public void While_any_endpoint_is_ready_only_ready_ones_are_chosen() => Holds((slices, _) =>
    {
        string[] ready = [.. Usable(slices).Where(e => e.Ready).Select(e => e.Addresses[0])];
        string[] leaving = [.. Usable(slices).Where(e => !e.Ready && e.Serving && e.Terminating).Select(e => e.Addresses[0])];
        return Select(slices).All(e => (ready.Length > 0 ? ready : leaving).Contains(e.Address));
    });

    [Fact]
    public void Nothing_ready_with_an_address_is_lost_but_the_second_address_of_an_owner() => Holds((slices, _) =>
    {
        HashSet<string> chosen = [.. Select(slices).Select(e => e.Address)];
        return Usable(slices).Where(e => e.Ready).All(e =>
            chosen.Contains(e.Addresses[0])
            || (e.Owner is not null && Usable(slices).Any(o => o.Owner == e.Owner && o.Ready && chosen.Contains(o.Addresses[0]))));
    });

    [Fact]
    public void No_endpoint_stands_twice_and_they_are_sorted() => Holds((slices, _) =>
    {
        ImmutableArray<Endpoint> chosen = Select(slices);
        return chosen.Select(e => (e.Address, e.Port)).Distinct().Count() == chosen.Length
            && chosen.SequenceEqual(chosen.OrderBy(e => e.Address, StringComparer.Ordinal).ThenBy(e => e.Port));
    });

    [Fact]
    public void All_endpoints_have_hints_or_none_has() => Holds((slices, _) =>
        Select(slices).Select(e => (e.ForZones is null, e.ForNodes is null)).Distinct().Count() <= 1);

    [Fact]
    public void A_slice_of_another_protocol_or_port_name_adds_nothing() => Holds((slices, _) =>
        Select(slices).SequenceEqual(Select([.. slices, .. slices.Select(s => s with
        {
            Ports = [new SlicePort("web", 8080, "UDP"), new SlicePort("other", 8080, "TCP"), new SlicePort("web", null, "TCP")],
            Endpoints = [new SliceEndpoint(["10.9.9.9"], true, true, false)],
        })])));

    private static ImmutableArray<Endpoint> Select(EndpointSlice[] slices) => EndpointSelection.Select(Web, slices, []);

    private static IEnumerable<SliceEndpoint> Usable(EndpointSlice[] slices) =>
        slices.Where(s => s.AddressType is "IPv4" or "IPv6").SelectMany(s => s.Endpoints);

    private static void Holds(Func<EndpointSlice[], Random, bool> property) =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            return property([.. Enumerable.Range(0, random.Next(5)).Select(i => Slice(i, random))], random);
        }));

    private static EndpointSlice Slice(int i, Random random)
    {
        string type = Pick(random, "IPv4", "IPv4", "IPv6", "FQDN");
        return new EndpointSlice(
            Make.Meta("a", $"slice{i}"),
            "svc",
            type,
            [new SlicePort("web", 8080, "TCP")],
            [.. Enumerable.Range(0, random.Next(5)).Select(_ => Endpoint(type, random))]);
    }

    private static SliceEndpoint Endpoint(string type, Random random) => new(
        [type == "IPv6" ? $"fd00::{random.Next(1, 5)}" : type == "IPv4" ? $"10.0.0.{random.Next(1, 5)}" : "a.b"],
        random.Next(3) > 0,
        random.Next(2) > 0,
        random.Next(2) > 0)
    {
        Zone = Pick(random, null, "", "z0", "z1"),
        ForZones = Pick<ImmutableArray<string>>(random, [], ["z0"], ["z1", "z0", "z1"], ["z1"]),
        ForNodes = Pick<ImmutableArray<string>>(random, [], ["n0"], ["n1"]),
        Owner = random.Next(2) == 0 ? null : new EndpointOwner("Pod", "a", $"p{random.Next(3)}"),
    };

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}
