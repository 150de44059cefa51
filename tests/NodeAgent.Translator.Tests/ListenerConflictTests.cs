using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

/// <summary>What a CRD's validation keeps out of manifests, but an API server may still hold.</summary>
public class ListenerConflictTests
{
    [Fact]
    public void Of_two_listeners_with_one_hostname_none_wins()
    {
        Translation translation = Translate(
            Make.Http("a", 80, "x.example.com"), Make.Http("b", 80, "X.example.com"), Make.Http("c", 80, "y.example.com"), Make.Http("d", 81, "x.example.com"));
        JsonObject gateway = translation.Status("Gateway", "gw");
        foreach (string name in new[] { "a", "b" })
        {
            Assert.Equal("True/HostnameConflict", gateway.Listener(name).Condition("Conflicted"));
            Assert.Equal("False/HostnameConflict", gateway.Listener(name).Condition("Accepted"));
            Assert.Equal("False/Invalid", gateway.Listener(name).Condition("Programmed"));
            Assert.Equal("True/ResolvedRefs", gateway.Listener(name).Condition("ResolvedRefs"));
        }

        Assert.Null(gateway.Listener("c").Condition("Conflicted"));
        Assert.Equal("some listeners are not valid: a, b", gateway.Message("Accepted"));
        Assert.Equal(["c", "d"], translation.Snapshot.All<GatewayResource>().Single().Listeners.Select(l => l.Name));
    }

    [Fact]
    public void No_hostname_and_an_empty_one_are_the_same() =>
        Assert.Equal("True/HostnameConflict", Translate(Make.Http("a"), Make.Http("b", 80, "")).Status("Gateway", "gw").Listener("a").Condition("Conflicted"));

    [Fact]
    public void A_tcp_port_has_one_listener() =>
        Assert.Equal("True/ProtocolConflict", Translate(Make.Tcp("a", 90), Make.Tcp("b", 90)).Status("Gateway", "gw").Listener("b").Condition("Conflicted"));

    [Fact]
    public void A_refused_listener_holds_no_port()
    {
        Listener odd = Make.Http("odd") with { Protocol = "example.com/odd" };
        Assert.Equal("True/Accepted", Translate(Make.Http("a"), odd).Status("Gateway", "gw").Listener("a").Condition("Accepted"));
    }

    [Fact]
    public void A_conflict_gone_is_gone()
    {
        ApiObject route = Make.Route("r", "gw", Make.Rule("/"));
        ClusterState bad = Make.State(Make.Class(), Make.Gateway("gw", [Make.Http("a"), Make.Tcp("b", 80)]), route);
        Assert.Empty(GatewayTranslator.Translate(bad).Snapshot.Resources);
        Assert.Equal(
            "route is accepted, but no listener it attached to is served",
            GatewayTranslator.Translate(bad).Status("HTTPRoute", "r")["parents"]![0]!.Message("Accepted"));
        ClusterState good = Make.State(Make.Class(), Make.Gateway("gw", [Make.Http("a"), Make.Tcp("b", 81)]), route);
        Assert.Equal(2, GatewayTranslator.Translate(good).Snapshot.Resources.Length);
    }

    private static Translation Translate(params Listener[] listeners) =>
        GatewayTranslator.Translate(Make.State(Make.Class(), Make.Gateway("gw", listeners)));
}
