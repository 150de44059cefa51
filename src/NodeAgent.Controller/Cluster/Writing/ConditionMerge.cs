using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>One list of conditions as it is, and as it should be.</summary>
internal static class ConditionMerge
{
    private const string TimeField = "lastTransitionTime";

    /// <summary>The API's cap.</summary>
    private const int Max = 8;

    /// <summary>
    /// The wanted ones, each with the time at which it took its status: that of the one there is while the status is the
    /// same, so that neither a restart nor another leader changes it. Those of others stay as they are.
    /// </summary>
    /// <param name="current">Null when there are none yet.</param>
    /// <param name="isOurs">Whether a type that is not wanted is stale, instead of somebody else's.</param>
    /// <param name="now">As the API writes times.</param>
    public static JsonArray Merge(JsonArray? current, JsonArray wanted, Func<string, bool> isOurs, string now)
    {
        var left = wanted.OfType<JsonObject>().ToDictionary(TypeOf, StringComparer.Ordinal);
        var merged = new JsonArray();
        foreach (JsonObject old in (current ?? []).OfType<JsonObject>())
        {
            string type = TypeOf(old);
            if (left.Remove(type, out JsonObject? next))
            {
                bool same = Text(old, "status") == Text(next, "status") && Text(old, TimeField).Length > 0;
                merged.Add(Timed(next, same ? Text(old, TimeField) : now));
            }
            else if (!isOurs(type))
            {
                merged.Add(old.DeepClone());
            }
        }

        foreach (JsonObject next in wanted.OfType<JsonObject>().Where(c => left.ContainsKey(TypeOf(c))))
        {
            if (merged.Count < Max)
            {
                merged.Add(Timed(next, now));
            }
        }

        return merged;
    }

    /// <summary>Whether two lists say the same, whenever each of their conditions took its status.</summary>
    public static bool SaysSame(IEnumerable<JsonObject> one, IEnumerable<JsonObject> other) => JsonNode.DeepEquals(Untimed(one), Untimed(other));

    public static string TypeOf(JsonObject condition) => Text(condition, "type");

    public static string Text(JsonNode? node, string name) =>
        node is JsonObject map && map[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static JsonArray Untimed(IEnumerable<JsonObject> conditions) => new([.. conditions.Select(c => Timed(c, ""))]);

    private static JsonObject Timed(JsonObject condition, string time)
    {
        var copy = (JsonObject)condition.DeepClone();
        copy[TimeField] = time;
        return copy;
    }
}
