using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Json;

/// <summary>Fields of API objects, read without trust: what has another type is not there.</summary>
internal static class JsonFields
{
    public static JsonObject? Object(this JsonNode? node, string field) => (node as JsonObject)?[field] as JsonObject;

    public static JsonArray? List(this JsonNode? node, string field) => (node as JsonObject)?[field] as JsonArray;

    public static string? Text(this JsonNode? node, string field) => (node as JsonObject)?[field].AsText();

    public static string? AsText(this JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static long? Integer(this JsonNode? node, string field)
    {
        if ((node as JsonObject)?[field] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        return value.TryGetValue(out long number) ? number : value.TryGetValue(out int small) ? small : value.TryGetValue(out double real) ? (long)real : null;
    }

    public static bool? Flag(this JsonNode? node, string field) => ((node as JsonObject)?[field] as JsonValue)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static JsonObject Metadata(this JsonObject item) => item["metadata"] as JsonObject ?? [];

    public static JsonObject EnsureObject(this JsonObject item, string field)
    {
        if (item[field] is JsonObject there)
        {
            return there;
        }

        var made = new JsonObject();
        item[field] = made;
        return made;
    }

    public static JsonObject Copy(this JsonObject item) => (JsonObject)item.DeepClone();

    public static bool Same(JsonNode? one, JsonNode? other) => ReferenceEquals(one, other) || JsonNode.DeepEquals(one, other);
}
