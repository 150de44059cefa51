using System.Text.Json.Nodes;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Tests;

public class BindFailureTests
{
    private static readonly ClusterState TwoListeners = Make.State(
        Make.Class(), Make.Gateway("gw", [Make.Http("web", 80), Make.Http("alt", 8080)]), Make.Route("r", "gw", Make.Rule("/")));

    [Fact]
    public void A_port_that_cannot_be_bound_is_told_on_its_listener_alone()
    {
        Translation translation = Translate(("web", "127.80.0.1:80 is held by pid 7"));
        JsonObject gateway = translation.Status("Gateway", "gw");
        JsonNode web = gateway.Listener("web");
        Assert.Equal("False/PortUnavailable", web.Condition("Accepted"));
        Assert.Equal("False/Invalid", web.Condition("Programmed"));
        Assert.Equal("127.80.0.1:80 is held by pid 7", web.Message("Accepted"));
        Assert.Equal("True/Programmed", gateway.Listener("alt").Condition("Programmed"));
        Assert.Equal("True/ListenersNotValid", gateway.Condition("Accepted"));
        Assert.Equal("True/Programmed", gateway.Condition("Programmed"));
    }

    [Fact]
    public void A_gateway_without_any_bound_listener_is_not_programmed()
    {
        JsonObject gateway = Translate(("web", "taken"), ("alt", "taken too")).Status("Gateway", "gw");
        Assert.Equal("False/ListenersNotValid", gateway.Condition("Accepted"));
        Assert.Equal("False/Invalid", gateway.Condition("Programmed"));
        Assert.Equal("taken", gateway.Message("Programmed"));
    }

    [Fact]
    public void Its_listener_stays_in_the_snapshot_and_keeps_its_routes()
    {
        Translation translation = Translate(("web", "taken"));
        Assert.Equal(["web", "alt"], translation.Snapshot.All<GatewayResource>().Single().Listeners.Select(l => l.Name));
        Assert.Equal(1, (int)translation.Status("Gateway", "gw").Listener("web")["attachedRoutes"]!);
        Assert.Equal(2, translation.Snapshot.All<HttpRouteResource>().Single().Parents.Length);
    }

    [Fact]
    public void Failures_on_several_addresses_are_all_told() =>
        Assert.Equal("on A; on B", Translate(("web", "on B"), ("web", "on A")).Status("Gateway", "gw").Listener("web").Message("Accepted"));

    private static Translation Translate(params (string Listener, string Message)[] failures) => GatewayTranslator.Translate(
        TwoListeners with { Observed = new Observed([.. failures.Select(f => new BindFailure("default/gw", f.Listener, f.Message))]) });
}
