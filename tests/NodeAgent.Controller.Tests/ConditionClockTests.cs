using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests;

public sealed class ConditionClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static ImmutableArray<ObjectStatus> Gateway(params (string Listener, string Status)[] listeners) =>
    [
        new("gateway.networking.k8s.io/v1", "Gateway", "n", "g", 1, new JsonObject
        {
            ["listeners"] = new JsonArray([.. listeners.Select(l => new JsonObject
            {
                ["name"] = l.Listener,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Programmed", ["status"] = l.Status }),
            })]),
        }),
    ];

    private static IEnumerable<string?> Times(ImmutableArray<ObjectStatus> statuses) =>
        statuses[0].Status["listeners"]!.AsArray().Select(l => (string?)l!["conditions"]![0]!["lastTransitionTime"]);

    [Fact]
    public void A_time_changes_only_with_its_own_status_wherever_its_owner_stands_in_the_list()
    {
        var clock = new ConditionClock();
        Assert.Equal(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"], Times(clock.Stamp(Gateway(("a", "True"), ("b", "True")), Noon)));

        ImmutableArray<ObjectStatus> later = clock.Stamp(Gateway(("c", "True"), ("b", "False"), ("a", "True")), Noon.AddMinutes(1));

        Assert.Equal(["2026-01-31T12:01:00Z", "2026-01-31T12:01:00Z", "2026-01-31T12:00:00Z"], Times(later));
    }

    [Fact]
    public void The_statuses_of_the_translation_are_left_as_they_are_and_unchanged_ones_are_the_same_again()
    {
        var clock = new ConditionClock();
        ImmutableArray<ObjectStatus> statuses = Gateway(("a", "True"));

        ImmutableArray<ObjectStatus> first = clock.Stamp(statuses, Noon);

        Assert.Equal([null], Times(statuses));
        Assert.Same(first[0], clock.Stamp(statuses, Noon.AddHours(1))[0]);
    }
}
