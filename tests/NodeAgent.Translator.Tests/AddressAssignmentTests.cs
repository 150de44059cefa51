using System.Collections.Immutable;

namespace NodeAgent.Translator.Tests;

public class AddressAssignmentTests
{
    [Fact]
    public void A_pool_address_is_the_same_in_every_run()
    {
        AddressAssignment once = Assign(Space("127.80.0.0/24"), FromPool("default/a"));
        Assert.Equal("127.80.0.53", once.FromPool["default/a"].V4);
        Assert.Equal("fd00::62a3:dacc:164a:3627", Assign(Space("fd00::/64"), FromPool("default/a")).FromPool["default/a"].V6);
    }

    [Fact]
    public void The_network_and_broadcast_addresses_are_never_given()
    {
        AddressRequest[] many = [.. Enumerable.Range(0, 7).Select(i => FromPool($"default/g{i}"))];
        AddressAssignment assigned = Assign(Space("10.0.0.8/29"), many);
        Assert.Equal(
            ["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14", "10.0.0.9"],
            assigned.FromPool.Values.SelectMany(a => a.All).Order(StringComparer.Ordinal));
        Assert.Equal("AddressNotAssigned", assigned.Awards["default/g6"].Problem!.Reason);
    }

    [Theory]
    [InlineData("10.0.0.8/31", "10.0.0.8,10.0.0.9")]
    [InlineData("10.0.0.8/32", "10.0.0.8")]
    [InlineData("fd00::10/127", "fd00::10,fd00::11")]
    [InlineData("fd00::10/126", "fd00::11,fd00::12,fd00::13")]
    public void Small_pools_give_all_they_have(string pool, string expected)
    {
        AddressRequest[] many = [.. Enumerable.Range(0, 5).Select(i => FromPool($"default/g{i}"))];
        Assert.Equal(expected, string.Join(',', Assign(Space(pool), many).FromPool.Values.SelectMany(a => a.All).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Whole_address_families_are_pools_too()
    {
        Assert.Single(Assign(Space("::/0"), FromPool("default/a")).FromPool);
        Assert.Single(Assign(Space("0.0.0.0/0"), FromPool("default/a")).FromPool);
    }

    [Fact]
    public void The_second_pool_serves_when_the_first_is_full()
    {
        AddressAssignment assigned = Assign(Space("10.0.0.1/32", "10.0.1.1/32"), FromPool("default/a", createdAt: 2), FromPool("default/b", createdAt: 1));
        Assert.Equal("10.0.1.1", assigned.FromPool["default/a"].V4);
        Assert.Equal("10.0.0.1", assigned.FromPool["default/b"].V4);
    }

    [Fact]
    public void Pools_of_both_families_give_one_address_of_each()
    {
        AddressSpace space = Space("fd00::10/127", "10.0.0.8/31", "10.0.1.0/24");
        AddressAssignment assigned = Assign(space, FromPool("default/a"));
        PoolAddresses addresses = assigned.FromPool["default/a"];
        Assert.StartsWith("10.0.0.", addresses.V4, StringComparison.Ordinal);
        Assert.StartsWith("fd00::1", addresses.V6, StringComparison.Ordinal);
        Assert.Equal([addresses.V4, addresses.V6], assigned.Awards["default/a"].Addresses.AsEnumerable());
        Assert.Equal(assigned.FromPool, Assign(space with { Remembered = assigned.FromPool }, FromPool("default/0"), FromPool("default/a")).FromPool.Remove("default/0"));
    }

    [Fact]
    public void A_family_that_has_run_out_does_not_keep_a_gateway_from_the_other()
    {
        AddressAssignment assigned = Assign(Space("10.0.0.8/32", "fd00::/64"), FromPool("default/a", createdAt: 1), FromPool("default/b", createdAt: 2));
        Assert.Equal("10.0.0.8", assigned.FromPool["default/a"].V4);
        Assert.Null(assigned.FromPool["default/b"].V4);
        Assert.NotNull(assigned.FromPool["default/b"].V6);
        Assert.Null(assigned.Awards["default/b"].Problem);
    }

    [Fact]
    public void Of_two_remembered_addresses_only_the_one_that_left_the_pools_is_replaced()
    {
        AddressSpace space = Space("127.80.0.0/24", "fd00::/64") with { Remembered = Remember(("default/a", "10.9.9.9 fd00::7")) };
        PoolAddresses addresses = Assign(space, FromPool("default/a")).FromPool["default/a"];
        Assert.StartsWith("127.80.0.", addresses.V4, StringComparison.Ordinal);
        Assert.Equal("fd00::7", addresses.V6);
    }

    [Fact]
    public void A_remembered_address_stays_although_an_older_gateway_hashes_to_it()
    {
        string first = Assign(Space("127.80.0.0/24"), FromPool("default/a")).FromPool["default/a"].V4!;
        AddressSpace space = Space("127.80.0.0/24") with { Remembered = Remember(("default/z", first)) };
        AddressAssignment assigned = Assign(space, FromPool("default/a", createdAt: 1), FromPool("default/z", createdAt: 2));
        Assert.Equal(first, assigned.FromPool["default/z"].V4);
        Assert.NotEqual(first, assigned.FromPool["default/a"].V4);
    }

    [Fact]
    public void An_address_that_left_the_pools_is_replaced_and_a_deleted_gateway_is_forgotten()
    {
        AddressSpace space = Space("127.80.0.0/24") with
        {
            Remembered = Remember(("default/a", "10.9.9.9"), ("default/gone", "127.80.0.7")),
        };
        AddressAssignment assigned = Assign(space, FromPool("default/a"));
        Assert.StartsWith("127.80.0.", assigned.FromPool["default/a"].V4, StringComparison.Ordinal);
        Assert.Equal(["default/a"], assigned.FromPool.Keys);
    }

    [Fact]
    public void A_refused_gateway_keeps_its_pool_address_but_takes_none()
    {
        AddressRequest a = FromPool("default/a") with { Accepted = false };
        Assert.Empty(Assign(Space("127.80.0.0/24"), a).FromPool);
        AddressAssignment assigned = Assign(Space("127.80.0.0/24") with { Remembered = Remember(("default/a", "127.80.0.7")) }, a);
        Assert.Equal("127.80.0.7", assigned.FromPool["default/a"].V4);
        Assert.Empty(assigned.Awards);
    }

    [Fact]
    public void Nobody_takes_a_pool_address_that_another_gateway_has()
    {
        AddressSpace space = Space("127.80.0.0/24") with { Remembered = Remember(("default/a", "127.80.0.7")) };
        AddressAssignment assigned = Assign(space, FromPool("default/a", createdAt: 2), Written("default/b", 1, 8080, "127.80.0.7"));
        Assert.Equal("127.80.0.7", assigned.FromPool["default/a"].V4);
        Assert.Equal("AddressNotUsable", assigned.Awards["default/b"].Problem!.Reason);
        Assert.Contains("Gateway default/a", assigned.Awards["default/b"].Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_written_address_is_not_given_from_a_pool()
    {
        AddressAssignment assigned = Assign(Space("10.0.0.2/31"), FromPool("default/a", createdAt: 1), Written("default/b", 2, 80, "10.0.0.2"));
        Assert.Equal("10.0.0.3", assigned.FromPool["default/a"].V4);
        Assert.Equal(["10.0.0.2"], assigned.Awards["default/b"].Addresses.AsEnumerable());
    }

    [Fact]
    public void Of_two_gateways_on_one_address_and_port_the_older_serves()
    {
        AddressAssignment assigned = Assign(Space(), Written("default/a", 2, 80, "10.0.0.1"), Written("default/b", 1, 80, "10.0.0.1"));
        Assert.Equal(["10.0.0.1"], assigned.Awards["default/b"].Addresses.AsEnumerable());
        Assert.Empty(assigned.Awards["default/a"].Addresses.AsEnumerable());
        Assert.Equal("address 10.0.0.1 cannot be used: Gateway default/b serves port 80 there", assigned.Awards["default/a"].Problem!.Message);
    }

    [Fact]
    public void Udp_has_ports_of_its_own_on_a_shared_address()
    {
        AddressRequest udp = Written("default/b", 1, 53, "10.0.0.1") with { Ports = [new ClaimedPort(53, Udp: true)] };
        Assert.All(Assign(Space(), Written("default/a", 2, 53, "10.0.0.1"), udp).Awards.Values, a => Assert.Null(a.Problem));
        AddressRequest second = udp with { Gateway = "default/c", CreatedAt = 3 };
        Assert.Contains("serves port 53/udp", Assign(Space(), udp, second).Awards["default/c"].Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_gateways_share_an_address_on_different_ports()
    {
        AddressAssignment assigned = Assign(Space(), Written("default/a", 2, 80, "10.0.0.1"), Written("default/b", 1, 81, "10.0.0.1"));
        Assert.All(assigned.Awards.Values, a => Assert.Null(a.Problem));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("224.0.0.1")]
    [InlineData("ff02::1")]
    [InlineData("255.255.255.255")]
    [InlineData("1")]
    [InlineData("010.0.0.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("gateway.example.com")]
    public void What_is_no_unicast_address_is_not_usable(string text)
    {
        AddressAward award = Assign(Space(), Written("default/a", 1, 80, text, "10.0.0.1")).Awards["default/a"];
        Assert.Equal("AddressNotUsable", award.Problem!.Reason);
        Assert.Equal(["10.0.0.1"], award.Addresses.AsEnumerable());
    }

    [Fact]
    public void Addresses_come_out_in_canonical_text() =>
        Assert.Equal(["fd00::1", "10.0.0.1"], Assign(Space(), Written("default/a", 1, 80, "FD00:0:0::1", "::ffff:10.0.0.1")).Awards["default/a"].Addresses.AsEnumerable());

    private static AddressAssignment Assign(AddressSpace space, params AddressRequest[] requests) => AddressAssignment.Assign(requests, space);

    private static AddressSpace Space(params string[] pools) => AddressSpace.None with { Pools = [.. pools] };

    private static ImmutableSortedDictionary<string, PoolAddresses> Remember(params (string Gateway, string Address)[] pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Gateway, p => PoolAddresses.Of(p.Address.Split(' ')));

    private static AddressRequest FromPool(string gateway, long createdAt = 0) => new(gateway, createdAt, true, true, [], [new ClaimedPort(80, Udp: false)]);

    private static AddressRequest Written(string gateway, long createdAt, int port, params string[] addresses) =>
        new(gateway, createdAt, true, false, [.. addresses], [new ClaimedPort(port, Udp: false)]);
}
