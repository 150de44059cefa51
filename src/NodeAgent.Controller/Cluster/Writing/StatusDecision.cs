using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>What is to be written on one version of an object, so that it says what we say of it.</summary>
/// <param name="Status">As it is to be.</param>
/// <param name="Patch">RFC 7396, for the status subresource; fails when the object is another by then.</param>
internal sealed record StatusDecision(JsonObject Status, JsonObject Patch)
{
    /// <param name="wanted">Null: nothing is said of it (any more).</param>
    /// <param name="isOurEntry">See <see cref="StatusMerge.Merge"/>.</param>
    /// <param name="undecoded">Its newest generation cannot be read, so that an older one is what we speak of.</param>
    /// <returns>Null when there is nothing to write.</returns>
    public static StatusDecision? Of(
        StoredKey key, WrittenState state, ObjectStatus? wanted, Func<JsonObject, bool> isOurEntry, bool undecoded, DateTimeOffset now)
    {
        if (wanted is not null && (IsNamesake(state, wanted) || IsAnother(key, state, wanted.Generation, isOurEntry, undecoded)))
        {
            return null;
        }

        string time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        JsonObject current = state.Status ?? [];
        JsonObject merged = StatusMerge.Merge(key.Group, state.Status, wanted?.Status, isOurEntry, time);
        var fields = new JsonObject();
        foreach ((string name, JsonNode? value) in merged)
        {
            if (!JsonNode.DeepEquals(value, current[name]))
            {
                fields[name] = value?.DeepClone();
            }
        }

        foreach ((string name, _) in current)
        {
            if (!merged.ContainsKey(name))
            {
                fields[name] = null;
            }
        }

        return fields.Count == 0 ? null : new StatusDecision(merged, new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = state.ResourceVersion },
            ["status"] = fields,
        });
    }

    /// <summary>What we know is of an object that had the name before.</summary>
    private static bool IsNamesake(WrittenState state, ObjectStatus wanted) =>
        wanted.Uid != Guid.Empty && Guid.TryParse(state.Uid, out Guid uid) && uid != wanted.Uid;

    /// <summary>
    /// What we know is old: our next view tells of what the object is now. An observedGeneration that the object has not
    /// reached is nobody's word.
    /// </summary>
    private static bool IsAnother(StoredKey key, WrittenState state, long generation, Func<JsonObject, bool> isOurEntry, bool undecoded) =>
        (state.Generation > generation && !undecoded)
        || (state.Generation < generation && state.Generation > 0)
        || (state.Status is JsonObject status
            && StatusMerge.Ours(key.Group, status, isOurEntry).Any(c => Observed(c.Condition) is long o && o > generation && o <= state.Generation));

    private static long Observed(JsonObject condition) =>
        condition["observedGeneration"] is JsonValue value && long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out long generation)
            ? generation
            : 0;
}
