using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>What a status is decided on: one version of an object, as somebody read it.</summary>
/// <param name="Status">Null when it has none.</param>
internal sealed record WrittenState(string Uid, string ResourceVersion, long Generation, JsonObject? Status)
{
    public static WrittenState Of(StoredObject stored) => new(
        stored.Uid,
        stored.ResourceVersion,
        stored.Generation,
        stored.Status.IsEmpty ? null : JsonNode.Parse(stored.Status.Span) as JsonObject);

    /// <summary>Null when the answer is no object.</summary>
    public static WrittenState? Of(ApiAnswer answer)
    {
        if (answer.Body?["metadata"] is not JsonObject meta || meta["resourceVersion"] is not JsonValue version)
        {
            return null;
        }

        return new WrittenState(
            ConditionMerge.Text(meta, "uid"),
            version.ToString(),
            meta["generation"] is JsonValue value && value.TryGetValue(out JsonElement number) && number.TryGetInt64(out long generation)
                ? generation
                : meta["generation"] is JsonValue plain && plain.TryGetValue(out long direct) ? direct : 0,
            answer.Body["status"]?.DeepClone() as JsonObject);
    }
}
