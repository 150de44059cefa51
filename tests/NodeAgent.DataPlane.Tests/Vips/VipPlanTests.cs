using System.Collections.Immutable;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Vips;

namespace NodeAgent.DataPlane.Tests.Vips;

/// <summary>Few addresses, so that what is wanted and what is there meet often.</summary>
public sealed class VipPlanTests
{
    private const byte Mark = LocalRoutes.Mark;
    private const byte Kernel = 2;

    private static readonly Gen<IPAddress> Address = Gen.Elements(
        "10.9.0.1", "10.9.0.2", "10.9.1.1", "10.9.1.255", "224.0.0.1", "0.0.0.0", "fd00:9::", "fd00:9::1", "fd00:9::2", "ff02::1")
        .Select(IPAddress.Parse);

    private static readonly Gen<KernelRoute> Route =
        from address in Address
        from prefix in Gen.Elements(0, 0, 0, 8)
        from type in Gen.Elements(RouteType.Local, RouteType.Local, RouteType.Broadcast, RouteType.Anycast)
        from protocol in Gen.Elements(Mark, Mark, Kernel)
        from table in Gen.Elements(KernelRoute.LocalTable, KernelRoute.LocalTable, 254u)
        from source in Source
        let whole = VipPlan.RouteTo(address, source, protocol)
        select whole with { Prefix = whole.Prefix - prefix, Type = type, Table = table };

    private static Gen<IPAddress?> Source => Gen.Elements(null, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));

    [Fact]
    public void APlanDoesOnlyWhatIsMissingAndOnlyWithItsMark() => Check.QuickThrowOnFailure(Prop.ForAll(Cases(), c =>
    {
        VipPlan plan = Plan(c);
        return plan.Add.Concat(plan.Replace).All(r => r.Protocol == Mark && r.IsHostRoute && r.Type == RouteType.Local
                && r.Table == KernelRoute.LocalTable && c.Wanted.Contains(r.Destination))
            && plan.Add.All(r => !c.Routes.Exists(t => t.Table == r.Table && t.Type == RouteType.Local && t.Covers(r.Destination)));
    }));

    [Fact]
    public void EveryWantedAddressIsTheNodesAfterwardsOrRefused() => Check.QuickThrowOnFailure(Prop.ForAll(Cases(), c =>
    {
        VipPlan plan = Plan(c);
        var after = new LocalTable(Carry(plan, c.Routes), Mark);
        return c.Wanted.All(a => plan.Refused.ContainsKey(a) != (after.IsOfNode(a) || after.Ours.ContainsKey(a)));
    }));

    [Fact]
    public void ASecondPlanHasNothingToDo() => Check.QuickThrowOnFailure(Prop.ForAll(Cases(), c =>
    {
        VipPlan again = Plan(c with { Routes = Carry(Plan(c), c.Routes) });
        return again.Add.IsEmpty && again.Replace.IsEmpty;
    }));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("::")]
    [InlineData("ff05::2")]
    [InlineData("fe80::1%3")]
    [InlineData("::ffff:10.9.0.1")]
    public void AddressesNoNodeMayTakeAreRefused(string address)
    {
        var wanted = IPAddress.Parse(address);

        VipPlan plan = VipPlan.Of(ImmutableHashSet.Create(wanted), new LocalTable([], Mark), null, Mark);

        Assert.Equal(wanted, Assert.Single(plan.Refused).Key);
        Assert.Empty(plan.Add);
    }

    [Fact]
    public void ALinkLocalAddressTheNodeHasIsNotRefused()
    {
        KernelRoute own = VipPlan.RouteTo(IPAddress.Parse("fe80::1"), null, Kernel);

        VipPlan plan = VipPlan.Of(ImmutableHashSet.Create(IPAddress.Parse("fe80::1%3")), new LocalTable([own], Mark), null, Mark);

        Assert.Empty(plan.Refused);
        Assert.Empty(plan.Add);
    }

    private static Arbitrary<Case> Cases() =>
        (from wanted in Address.ListOf()
         from routes in Route.ListOf()
         from source in Source
         select new Case([.. wanted], [.. routes], source)).ToArbitrary();

    private static VipPlan Plan(Case c) => VipPlan.Of(c.Wanted, new LocalTable(c.Routes, Mark), c.Source, Mark);

    /// <summary>The routes there are when <paramref name="plan"/> is carried out.</summary>
    private static List<KernelRoute> Carry(VipPlan plan, List<KernelRoute> routes) =>
    [
        .. routes.Where(r => r.Protocol != Mark || !r.IsHostRoute || r.Type != RouteType.Local || r.Table != KernelRoute.LocalTable
            || !plan.Replace.Any(p => p.Destination.Equals(r.Destination))),
        .. plan.Add,
        .. plan.Replace,
    ];

    private sealed record Case(ImmutableHashSet<IPAddress> Wanted, List<KernelRoute> Routes, IPAddress? Source);
}
