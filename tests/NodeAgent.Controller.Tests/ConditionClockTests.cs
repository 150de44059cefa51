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

    [Fact]
    public void Whatever_comes_goes_and_moves_each_object_keeps_its_times()
    {
        var clock = new ConditionClock();
        var random = new Random(4);
        var times = new Dictionary<string, (string Status, string Time)>();
        var statuses = new List<ObjectStatus>();
        for (int minute = 0; minute < 300; minute++)
        {
            string name = $"g{random.Next(12)}";
            int at = statuses.FindIndex(s => s.Name == name);
            ObjectStatus made = Named(name, random.Next(2) == 0 ? "True" : "False");
            switch (random.Next(4))
            {
                case 0 when at >= 0:
                    statuses.RemoveAt(at);
                    break;
                case 1 when at >= 0:
                    (statuses[at], statuses[0]) = (statuses[0], statuses[at]);
                    break;
                case >= 2 when at >= 0:
                    statuses[at] = made;
                    break;
                default:
                    if (at < 0)
                    {
                        statuses.Insert(random.Next(statuses.Count + 1), made);
                    }

                    break;
            }

            DateTimeOffset now = Noon.AddMinutes(minute);
            ImmutableArray<ObjectStatus> stamped = clock.Stamp([.. statuses], now);
            times = statuses.ToDictionary(s => s.Name, s => times.TryGetValue(s.Name, out (string Status, string Time) known) && known.Status == StatusOf(s)
                ? known
                : (StatusOf(s), $"{now:yyyy-MM-ddTHH:mm:ssZ}"));
            Assert.Equal(statuses.Select(s => s.Name), stamped.Select(s => s.Name));
            Assert.Equal(statuses.Select(s => (StatusOf(s), times[s.Name].Time)), stamped.Select(s => (StatusOf(s), (string)s.Status["conditions"]![0]!["lastTransitionTime"]!)));
        }
    }

    private static ObjectStatus Named(string name, string status) => new("v1", "Gateway", "ns", name, 1, new JsonObject
    {
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Accepted", ["status"] = status }),
    });

    private static string StatusOf(ObjectStatus status) => (string)status.Status["conditions"]![0]!["status"]!;
}
