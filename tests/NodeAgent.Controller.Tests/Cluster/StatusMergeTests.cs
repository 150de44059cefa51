using System.Text.Json.Nodes;
using NodeAgent.Controller.Cluster.Writing;

namespace NodeAgent.Controller.Tests.Cluster;

public class StatusMergeTests
{
    private const string Group = "gateway.networking.k8s.io";
    private const string Old = "2020-01-01T00:00:00Z";
    private const string Now = "2026-11-22T06:00:00Z";

    [Fact]
    public void Entries_of_other_controllers_are_kept_as_they_are_and_where_they_are()
    {
        string theirs = """{"zeta":[1,{"x":null}],"parentRef":{"name":"a"},"controllerName":"example.net/b","conditions":[{"type":"Odd","status":"Maybe"}]}""";
        string before = $$"""{"parents":[{{theirs}},{{Entry("gw", "True", Old)}},{{theirs.Replace("example.net/b", "example.net/c")}}],"extra":2}""";
        JsonObject merged = Merge(before, $$"""{"parents":[{{Entry("gw", "False", null)}},{{Entry("other", "True", null)}}]}""");
        Assert.Equal(
            $$"""{"parents":[{{theirs}},{{Entry("gw", "False", Now)}},{{theirs.Replace("example.net/b", "example.net/c")}},{{Entry("other", "True", Now)}}],"extra":2}""",
            merged.ToJsonString());
    }

    [Fact]
    public void What_we_no_longer_say_is_taken_back_and_nothing_else()
    {
        string theirs = """{"parentRef":{"name":"a"},"controllerName":"example.net/b"}""";
        Assert.Equal($$"""{"parents":[{{theirs}}]}""", Merge($$"""{"parents":[{{Entry("gw", "True", Old)}},{{theirs}}]}""", null).ToJsonString());
        Assert.Equal("""{"parents":[]}""", Merge($$"""{"parents":[{{Entry("gw", "True", Old)}}]}""", null).ToJsonString());
        const string gateway = """{"conditions":[{"type":"Accepted","status":"True"}],"addresses":[{"value":"192.0.2.1"}]}""";
        Assert.Equal(gateway, Merge(gateway, null).ToJsonString());
    }

    [Fact]
    public void A_condition_keeps_its_time_as_long_as_its_status_is_the_same()
    {
        string before = $$"""{"conditions":[{{Condition("Accepted", "True", Old)}},{{Condition("Programmed", "Unknown", Old)}}]}""";
        string wanted = """{"conditions":[{"type":"Accepted","status":"True","reason":"Another"},{"type":"Programmed","status":"True"}]}""";
        Assert.Equal(
            $$"""[{"type":"Accepted","status":"True","reason":"Another","lastTransitionTime":"{{Old}}"},{"type":"Programmed","status":"True","lastTransitionTime":"{{Now}}"}]""",
            Merge(before, wanted)["conditions"]!.ToJsonString());
    }

    [Fact]
    public void Conditions_of_types_that_are_not_ours_stay_and_stale_ones_of_ours_go()
    {
        string before = $$"""{"conditions":[{{Condition("example.net/Ready", "True", Old)}},{{Condition("ResolvedRefs", "False", Old)}},{{Condition("Accepted", "True", Old)}}]}""";
        JsonObject merged = Merge(before, """{"conditions":[{"type":"Accepted","status":"True"}]}""");
        Assert.Equal(["example.net/Ready", "Accepted"], merged["conditions"]!.AsArray().Select(c => (string?)c!["type"]));
    }

    [Fact]
    public void Listeners_are_ours_and_each_keeps_its_times_by_its_name()
    {
        string before = $$"""
            {"attachedListenerSets":3,"listeners":[
              {"name":"gone","conditions":[{{Condition("Accepted", "True", Old)}}]},
              {"name":"http","attachedRoutes":1,"conditions":[{{Condition("Accepted", "True", Old)}},{{Condition("example.net/X", "True", Old)}},{{Condition("OverlappingTLSConfig", "True", Old)}}]}]}
            """;
        JsonObject merged = Merge(before, """{"listeners":[{"name":"new","conditions":[{"type":"Accepted","status":"True"}]},{"name":"http","attachedRoutes":2,"conditions":[{"type":"Accepted","status":"True"}]}]}""");
        Assert.Equal(
            $$"""{"listeners":[{"name":"new","conditions":[{{Condition("Accepted", "True", Now)}}]},{"name":"http","attachedRoutes":2,"conditions":[{{Condition("Accepted", "True", Old)}},{{Condition("example.net/X", "True", Old)}}]}]}""",
            merged.ToJsonString());
    }

    [Fact]
    public void Writing_the_same_again_changes_nothing()
    {
        string wanted = $$"""{"parents":[{{Entry("gw", "True", null)}}]}""";
        JsonObject first = Merge($$"""{"parents":[{"parentRef":{"name":"a"},"controllerName":"example.net/b"}]}""", wanted);
        JsonObject second = StatusMerge.Merge(Group, first, (JsonObject)JsonNode.Parse(wanted)!, _ => false, "2030-01-01T00:00:00Z");
        Assert.True(JsonNode.DeepEquals(first, second));
    }

    [Fact]
    public void Our_entries_leave_room_for_those_of_others()
    {
        string theirs = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"parentRef":{"name":"t{{i}}"},"controllerName":"example.net/b"}"""));
        string ours = string.Join(',', Enumerable.Range(0, 5).Select(i => Entry($"o{i}", "True", null)));
        JsonArray parents = Merge($$"""{"parents":[{{theirs}}]}""", $$"""{"parents":[{{ours}}]}""")["parents"]!.AsArray();
        Assert.Equal(32, parents.Count);
        Assert.Equal("o1", (string?)parents[31]!["parentRef"]!["name"]);
    }

    [Fact]
    public void Entries_of_the_original_API_are_told_apart_by_their_Gateway()
    {
        const string before = """{"gateways":[{"gatewayRef":{"namespace":"ns","name":"theirs"}},{"gatewayRef":{"namespace":"ns","name":"ours"},"conditions":[]}]}""";
        JsonObject merged = StatusMerge.Merge("networking.x-k8s.io", (JsonObject)JsonNode.Parse(before)!, null, e => StatusMerge.GatewayOf(e) == ("ns", "ours"), Now);
        Assert.Equal("""{"gateways":[{"gatewayRef":{"namespace":"ns","name":"theirs"}}]}""", merged.ToJsonString());
    }

    [Theory]
    [InlineData("ours", "True", true)]
    [InlineData("ours", "False", false)]
    [InlineData("another", "True", false)]
    public void An_entry_of_the_original_API_is_ours_when_it_says_what_we_said(string gateway, string status, bool ours)
    {
        JsonObject said = Gateways("ours", Condition("Admitted", "True", null));
        JsonObject now = Gateways(gateway, Condition("Admitted", status, Old))["gateways"]![0]!.AsObject();
        Assert.Equal(ours, StatusMerge.IsSaid(now, said));
    }

    private static JsonObject Gateways(string name, string condition) =>
        (JsonObject)JsonNode.Parse($$"""{"gateways":[{"gatewayRef":{"namespace":"ns","name":"{{name}}"},"conditions":[{{condition}}]}]}""")!;

    private static JsonObject Merge(string before, string? wanted) => StatusMerge.Merge(
        Group, (JsonObject)JsonNode.Parse(before)!, wanted is null ? null : (JsonObject)JsonNode.Parse(wanted)!, _ => false, Now);

    private static string Condition(string type, string status, string? time) =>
        $$"""{"type":"{{type}}","status":"{{status}}"{{(time is null ? "" : $",\"lastTransitionTime\":\"{time}\"")}}}""";

    private static string Entry(string parent, string status, string? time) =>
        $$"""{"parentRef":{"name":"{{parent}}"},"controllerName":"nodeagent.dev/gateway-controller","conditions":[{{Condition("Accepted", status, time)}}]}""";
}
