using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

public class ListenerSetTests
{
    private static readonly Gateway Open = Make.Gateway("gw", [Make.Http()]) with { AllowedListeners = new NamespaceChoice("Same", null) };

    [Fact]
    public void A_bind_failure_is_told_on_the_ListenerSet()
    {
        ClusterState state = Make.State(Make.Class(), Open, Set("set", "gw", Make.Http("l", 81), Make.Http("m", 82)));
        Translation translation = GatewayTranslator.Translate(state with { Observed = new Observed([new BindFailure("default/gw", "default/set/l", "taken")]) });
        Assert.Equal("False/PortUnavailable", translation.Status("ListenerSet", "set").Listener("l").Condition("Accepted"));
        Assert.Equal("True/ListenersNotValid", translation.Status("ListenerSet", "set").Condition("Accepted"));
        Assert.Equal("True/Accepted", translation.Status("Gateway", "gw").Condition("Accepted"));
        Translation both = GatewayTranslator.Translate(state with
        {
            Observed = new Observed([new BindFailure("default/gw", "default/set/l", "taken"), new BindFailure("default/gw", "default/set/m", "taken too")]),
        });
        Assert.Equal("False/ListenersNotValid", both.Status("ListenerSet", "set").Condition("Accepted"));
    }

    [Fact]
    public void One_that_goes_to_another_Gateway_takes_its_status_along()
    {
        Gateway other = Open with { Meta = Make.Meta("default", "other") };
        var translator = new IncrementalTranslator();
        foreach (string gateway in new[] { "gw", "other", "gw" })
        {
            Translation translation = translator.Translate(Make.State(Make.Class(), Open, other, Set("set", gateway, Make.Http("l", 81))));
            Assert.Equal("True/Programmed", translation.Status("ListenerSet", "set").Condition("Programmed"));
            Assert.Equal(1, (int)translation.Status("Gateway", gateway)["attachedListenerSets"]!);
            Assert.Equal(
                [$"default/{gateway}"],
                translation.Snapshot.All<GatewayResource>().Where(g => g.Listeners.Any(l => l.Name == "default/set/l")).Select(g => g.Key));
        }

        Assert.DoesNotContain(translator.Translate(Make.State(Make.Class(), Open, other)).Statuses, s => s.Kind == "ListenerSet");
    }

    [Fact]
    public void A_Gateway_takes_4096_listeners_and_no_more()
    {
        ApiObject[] sets =
        [
            .. Enumerable.Range(0, 64).Select(s => Set($"set{s:00}", "gw", [.. Enumerable.Range(1, 64).Select(l => Make.Http($"l{l}", (s * 64) + l + 100))])),
        ];
        Translation translation = GatewayTranslator.Translate(Make.State([Make.Class(), Open, .. sets]));
        Assert.Equal(4096, translation.Snapshot.All<GatewayResource>().Single().Listeners.Length);
        JsonNode last = translation.Status("ListenerSet", "set63").Listener("l64");
        Assert.Equal("False/TooManyListeners", last.Condition("Accepted"));
        Assert.Equal("False/TooManyListeners", last.Condition("Programmed"));
        Assert.Equal("True/Accepted", translation.Status("ListenerSet", "set63").Listener("l63").Condition("Accepted"));
    }

    private static ListenerSet Set(string name, string gateway, params ImmutableArray<Listener> listeners) =>
        new(Make.Meta("default", name), new ObjectReference(Groups.Gateway, "Gateway", gateway, null), listeners);
}
