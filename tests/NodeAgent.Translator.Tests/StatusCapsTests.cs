using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.Translator.Tests;

public class StatusCapsTests
{
    [Theory]
    [InlineData("parents", 32)]
    [InlineData("ancestors", 16)]
    [InlineData("supportedFeatures", 64)]
    public void A_list_keeps_its_first_items(string name, int max)
    {
        JsonObject status = Apply(new JsonObject { [name] = List(max + 3, i => new JsonObject { ["name"] = $"{i}" }) });
        Assert.Equal([.. Enumerable.Range(0, max).Select(i => $"{i}")], status[name]!.AsArray().Select(i => (string)i!["name"]!));
    }

    [Fact]
    public void A_list_of_the_greatest_length_stays_whole() =>
        Assert.Equal(32, Apply(new JsonObject { ["parents"] = List(32, _ => new JsonObject()) })["parents"]!.AsArray().Count);

    [Fact]
    public void Of_too_many_conditions_our_own_go_first()
    {
        JsonObject status = Apply(new JsonObject
        {
            ["conditions"] = new JsonArray([.. ((string[])["nodeagent.dev/A", "Accepted", "nodeagent.dev/B", "C", "D", "E", "F", "G", "H", "Programmed"]).Select(Typed)]),
        });
        Assert.Equal(["Accepted", "C", "D", "E", "F", "G", "H", "Programmed"], Types(status));
    }

    [Fact]
    public void Conditions_of_parents_and_listeners_are_cut_too()
    {
        JsonObject status = Apply(new JsonObject
        {
            ["parents"] = new JsonArray(new JsonObject { ["conditions"] = List(9, i => Typed($"T{i}")) }),
            ["listeners"] = new JsonArray(new JsonObject { ["conditions"] = List(12, i => Typed($"T{i}")) }),
        });
        Assert.Equal(8, Types(status["parents"]![0]!).Length);
        Assert.Equal(8, Types(status["listeners"]![0]!).Length);
    }

    [Fact]
    public void A_long_message_ends_with_a_mark_and_in_a_whole_character() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 40).Zip(Gen.Elements("a", "ä", "€", "😀").ListOf()).ToArbitrary(),
        pair =>
        {
            (int max, IEnumerable<string> parts) = (pair.Item1 + 8, pair.Item2);
            string message = string.Concat(parts);
            string cut = StatusCaps.Cut(message, max);
            bool fits = Encoding.UTF8.GetByteCount(message) <= max;
            Assert.True(Encoding.UTF8.GetByteCount(cut) <= max);
            Assert.Equal(fits, cut == message);
            Assert.True(fits || (cut.EndsWith("...", StringComparison.Ordinal) && message.StartsWith(cut[..^3], StringComparison.Ordinal)));
            Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
            Assert.True(fits || max - Encoding.UTF8.GetByteCount(cut) < 4, "a character more would have fit");
        }));

    [Fact]
    public void Every_status_is_cut_when_it_is_looked_at()
    {
        var status = new ObjectStatus("v1", "Gateway", "default", "gw", 1, () => new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Accepted", ["message"] = new string('x', 40000) }),
        });
        Assert.Equal(32768, ((string)status.Status["conditions"]![0]!["message"]!).Length);
    }

    private static JsonObject Apply(JsonObject status) => StatusCaps.Apply(status);

    private static JsonObject Typed(string type) => new() { ["type"] = type };

    private static JsonArray List(int count, Func<int, JsonObject> item) => new([.. Enumerable.Range(0, count).Select(item)]);

    private static string[] Types(JsonNode status) => [.. status["conditions"]!.AsArray().Select(c => (string)c!["type"]!)];
}
