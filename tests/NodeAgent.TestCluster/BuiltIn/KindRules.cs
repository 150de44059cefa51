using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>What a built-in kind has beyond its schema. Types have been checked when it is asked.</summary>
internal abstract class KindRules
{
    public virtual void Default(JsonObject item)
    {
    }

    /// <param name="before">Null when it is created.</param>
    public virtual void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
    }

    protected static string Text(JsonNode? item, string field) =>
        item is JsonObject holder && holder[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    protected static bool Flag(JsonNode? item, string field) =>
        item is JsonObject holder && holder[field] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <returns>Null when there is none.</returns>
    protected static long? Number(JsonNode? item, string field) =>
        item is JsonObject holder && JsonNumber.TryRead(holder[field], out JsonNumber number) ? number.AsLong : null;

    protected static JsonArray List(JsonNode? item, string field) =>
        item is JsonObject holder && holder[field] is JsonArray list ? list : [];

    protected static void DefaultText(JsonObject item, string field, string text)
    {
        if (Text(item, field).Length == 0)
        {
            item[field] = text;
        }
    }

    /// <summary>Times in microseconds are read to the letter: with six digits behind the point, no fewer and no more.</summary>
    protected static void MicroTime(JsonNode? item, string field, string path, List<FieldError> errors)
    {
        string text = Text(item, field);
        if (text.Length > 0 && !ValueFormat.IsMicroTime(text))
        {
            errors.Add(FieldErrors.TypeInvalid(path, text, $"parsing time {FieldErrors.Quote(text)} as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse"));
        }
    }

    /// <summary>Refuses any change of a field, except to what it was.</summary>
    protected static void Unchanged(JsonNode? now, JsonNode? before, string path, List<FieldError> errors)
    {
        if (!JsonNode.DeepEquals(now, before))
        {
            errors.Add(FieldErrors.Immutable(path, now));
        }
    }
}
