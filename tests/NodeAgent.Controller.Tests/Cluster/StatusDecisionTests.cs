using System.Text.Json.Nodes;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Cluster.Writing;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests.Cluster;

public class StatusDecisionTests
{
    private static readonly StoredKey Key = new("gateway.networking.k8s.io", "Gateway", "default", "gw");

    [Theory]
    [InlineData(3, 3, 2, true)]
    [InlineData(4, 3, 2, false)] // the object has changed since: the next view speaks of it
    [InlineData(1, 3, 1, false)] // another object of that name
    [InlineData(3, 2, 3, false)] // somebody has said more than we know
    [InlineData(3, 3, 9, true)] // nobody can have seen generation 9
    public void A_status_is_written_only_for_the_generation_it_is_about(long generation, long ours, long observed, bool written) =>
        Assert.Equal(written, Decide(generation, ours, observed, undecoded: false) is not null);

    [Theory]
    [InlineData("6f0b1c3e-0000-4000-8000-000000000001", true)]
    [InlineData("6f0b1c3e-0000-4000-8000-000000000002", false)]
    public void What_is_known_of_one_object_is_not_written_on_another_of_its_name(string uid, bool written)
    {
        ObjectStatus wanted = new ObjectStatus($"{Key.Group}/v1", Key.Kind, Key.Namespace, Key.Name, 1, new JsonObject { ["addresses"] = new JsonArray("a") })
        {
            Uid = Guid.Parse("6f0b1c3e-0000-4000-8000-000000000001"),
        };
        var state = new WrittenState(uid, "7", 1, null);
        Assert.Equal(written, StatusDecision.Of(Key, state, wanted, _ => false, undecoded: false, DateTimeOffset.UnixEpoch) is not null);
        Assert.NotNull(StatusDecision.Of(Key, state, wanted with { Uid = Guid.Empty }, _ => false, undecoded: false, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Of_an_object_that_cannot_be_read_the_last_good_version_is_spoken_of()
    {
        Assert.NotNull(Decide(4, 3, 3, undecoded: true));
        Assert.Null(Decide(4, 3, 4, undecoded: true));
    }

    [Fact]
    public void The_patch_has_the_version_that_was_read_and_only_what_differs()
    {
        StatusDecision decision = Decide(3, 3, 2, undecoded: false)!;
        Assert.Equal("7", (string?)decision.Patch["metadata"]!["resourceVersion"]);
        JsonObject status = decision.Patch["status"]!.AsObject();
        Assert.Equal(["conditions", "attachedListenerSets"], status.Select(f => f.Key));
        Assert.Null(status["attachedListenerSets"]);
    }

    private static StatusDecision? Decide(long generation, long ours, long observed, bool undecoded)
    {
        var status = (JsonObject)JsonNode.Parse($$"""{"addresses":[],"attachedListenerSets":1,"conditions":[{"type":"Accepted","status":"Unknown","observedGeneration":{{observed}}}]}""")!;
        var wanted = (JsonObject)JsonNode.Parse($$"""{"addresses":[],"conditions":[{"type":"Accepted","status":"True","observedGeneration":{{ours}}}]}""")!;
        return StatusDecision.Of(
            Key, new WrittenState("uid", "7", generation, status), new ObjectStatus($"{Key.Group}/v1", Key.Kind, Key.Namespace, Key.Name, ours, wanted),
            _ => false, undecoded, DateTimeOffset.UnixEpoch);
    }
}
