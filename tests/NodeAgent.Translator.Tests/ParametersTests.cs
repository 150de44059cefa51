using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Tests;

public class ParametersTests
{
    private static readonly ParametersRef Reference = new(Groups.NodeAgent, GatewayParameters.KindName, "p", "infra");

    private static readonly GatewayClass Class = new(Make.Meta("", "nodeagent"), GatewayTranslator.ControllerName, Reference);

    private static readonly Gateway Plain = Make.Gateway("gw", [Make.Http()]);

    private static readonly Gateway WithOwn = Plain with { InfrastructureParameters = Reference with { Name = "own", Namespace = null } };

    [Fact]
    public void A_gateway_without_parameters_has_none_in_the_snapshot() =>
        Assert.Null(Resource(GatewayTranslator.Translate(Make.State(Make.Class(), Plain))).Parameters);

    [Fact]
    public void The_classes_parameters_hold_for_its_gateways() =>
        Assert.Equal(10, Resource(Translate(Plain, OfClass(new GatewayBudgets(10, null, null, null)))).Parameters!.Budgets!.Connections);

    [Theory]
    [InlineData(10, 5, 5)]
    [InlineData(10, 50, 10)]
    [InlineData(10, null, 10)]
    [InlineData(null, 50, 50)]
    public void A_gateway_can_only_lower_a_budget(int? ofClass, int? own, int? expected)
    {
        GatewayParameters[] parameters = [OfClass(new GatewayBudgets(ofClass, null, null, null)), Own with { Budgets = new GatewayBudgets(own, null, null, null) }];
        Assert.Equal(expected, Resource(Translate(WithOwn, parameters)).Parameters!.Budgets!.Connections);
    }

    [Fact]
    public void A_section_of_the_gateway_takes_the_place_of_the_classes()
    {
        GatewayParameters ofClass = OfClass(null) with
        {
            Limits = new RequestLimits(null, 2048, null, null, null),
            Timeouts = new GatewayTimeouts(1000, 2000, null, null, null, null, null, null),
        };
        GatewayParameters own = Own with { Timeouts = new GatewayTimeouts(500, null, null, null, null, null, null, null) };
        ParametersConfig config = Resource(Translate(WithOwn, ofClass, own)).Parameters!;
        Assert.Equal(new TimeoutConfig(500, null, null, null, null, null, null, null), config.Timeouts);
        Assert.Equal(2048, config.Limits!.RequestHeaderBytes);
    }

    [Fact]
    public void Parameters_that_come_later_are_followed()
    {
        var translator = new IncrementalTranslator();
        Assert.Equal("False/InvalidParameters", translator.Translate(Make.State(Class, Plain)).Status("GatewayClass", "nodeagent").Condition("Accepted"));
        Translation now = translator.Translate(Make.State(Class, Plain, OfClass(new GatewayBudgets(7, null, null, null))));
        Assert.Equal("True/Accepted", now.Status("GatewayClass", "nodeagent").Condition("Accepted"));
        Assert.Equal(7, Resource(now).Parameters!.Budgets!.Connections);
    }

    [Fact]
    public void Sections_that_nothing_acts_on_are_named_in_the_status()
    {
        ClusterState state = Make.State(Class, OfClass(new GatewayBudgets(7, null, null, null)));
        Assert.DoesNotContain("not applied", Message(state), StringComparison.Ordinal);
        Assert.EndsWith("not applied yet: budgets", Message(state with { Features = DataPlaneFeatures.All & ~DataPlaneFeatures.Parameters }), StringComparison.Ordinal);

        static string Message(ClusterState state) => GatewayTranslator.Translate(state).Status("GatewayParameters", "p").Message("Accepted");
    }

    [Fact]
    public void A_pool_never_gives_an_avoided_address_and_says_when_it_is_empty()
    {
        var pool = new AddressPool(Make.Meta("", "small"), ["127.90.0.0/29"], ["127.90.0.1-127.90.0.3", "127.90.0.5", "127.90.0.6"], true, null, []);
        GatewayParameters parameters = OfClass(null) with { Addresses = new AddressParameters("None", [], "small", 1) };
        Translation translation = GatewayTranslator.Translate(Make.State(
            Class, parameters, pool, Plain, Make.Gateway("late", [Make.Http()], createdAt: 5)));
        Assert.Equal("127.90.0.4", Assert.Single(Resource(translation).Addresses));
        JsonObject late = translation.Status("Gateway", "late");
        Assert.Equal("False/AddressNotAssigned", late.Condition("Programmed"));
        Assert.Equal("no address is free in AddressPool small", late.Message("Programmed"));
    }

    [Fact]
    public void A_remembered_address_is_kept_only_while_its_pool_has_it()
    {
        GatewayParameters parameters = OfClass(null) with { Addresses = new AddressParameters("None", ["small"], null, 1) };
        Assert.Equal("127.90.0.17", Assert.Single(Resource(With("127.90.0.16-127.90.0.19")).Addresses));
        Assert.NotEqual("127.90.0.17", Assert.Single(Resource(With("127.90.0.32-127.90.0.39")).Addresses));

        Translation With(string range) => GatewayTranslator.Translate(
            Make.State(Class, parameters, new AddressPool(Make.Meta("", "small"), [range], [], true, null, []), Plain) with
            {
                Addresses = new AddressSpace([], ImmutableSortedDictionary<string, PoolAddresses>.Empty.Add("default/gw", PoolAddresses.Of("127.90.0.17"))),
            });
    }

    private static GatewayParameters Own => new(Make.Meta("default", "own"));

    private static GatewayParameters OfClass(GatewayBudgets? budgets) => new(Make.Meta("infra", "p")) { Budgets = budgets };

    private static Translation Translate(Gateway gateway, params GatewayParameters[] parameters) =>
        GatewayTranslator.Translate(Make.State([Class, gateway, .. parameters]));

    private static GatewayResource Resource(Translation translation) =>
        translation.Snapshot.Resources.OfType<GatewayResource>().Single(g => g.Name == "gw");
}
