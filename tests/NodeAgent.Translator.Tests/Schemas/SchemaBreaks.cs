using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Schemas;

/// <param name="Steps">Where the document was changed.</param>
internal sealed record BrokenDocument(JsonNode Document, object[] Steps, string Keyword)
{
    public override string ToString() => $"{SchemaWalk.Text(Steps)} breaks {Keyword}";
}

/// <summary>Documents of which each breaks one constraint of one place of a valid one.</summary>
internal static class SchemaBreaks
{
    /// <summary>Longer text and lists are not built.</summary>
    private const int MostBuilt = 20_000;

    public static IEnumerable<BrokenDocument> Of(JsonNode document, SchemaPlace place) => Values(place)
        .Select(v => new BrokenDocument(SchemaWalk.With(document, place.Steps, v.Value), place.Steps, v.Keyword));

    private static IEnumerable<(JsonNode? Value, string Keyword)> Values(SchemaPlace place)
    {
        JsonObject schema = place.Schema;
        JsonNode wrong = (string?)schema["type"] is "string" or "array" or "boolean" or "integer" || schema["x-kubernetes-int-or-string"] is not null
            ? new JsonObject()
            : JsonValue.Create("text");
        yield return (wrong, "type");
        if (schema["enum"] is not null)
        {
            yield return ("NoSuchChoice", "enum");
        }

        foreach ((JsonNode?, string) value in Texts(schema).Concat(Numbers(schema)).Concat(Lists(schema, place.Value)).Concat(Maps(schema, place.Value)))
        {
            yield return value;
        }
    }

    private static IEnumerable<(JsonNode?, string)> Texts(JsonObject schema)
    {
        if ((string?)schema["type"] != "string")
        {
            yield break;
        }

        if (schema["pattern"] is not null && SchemaSamples.AgainstPattern(schema) is string ugly)
        {
            yield return (ugly, "pattern");
        }

        if ((int?)schema["minLength"] is int min and > 0)
        {
            yield return (new string('a', min - 1), "minLength");
        }

        if ((int?)schema["maxLength"] is int max and < MostBuilt)
        {
            yield return (new string('a', max + 1), "maxLength");
        }
    }

    private static IEnumerable<(JsonNode?, string)> Numbers(JsonObject schema)
    {
        if ((long?)schema["minimum"] is long min)
        {
            yield return (min - 1, "minimum");
        }

        if ((long?)schema["maximum"] is long max)
        {
            yield return (max + 1, "maximum");
        }
    }

    private static IEnumerable<(JsonNode?, string)> Lists(JsonObject schema, JsonNode value)
    {
        if (value is not JsonArray list)
        {
            yield break;
        }

        JsonObject items = schema["items"]!.AsObject();
        if ((int?)schema["minItems"] is int min and > 0)
        {
            yield return (new JsonArray([.. list.Take(min - 1).Select(i => i!.DeepClone())]), "minItems");
        }

        if ((int?)schema["maxItems"] is int max and < MostBuilt)
        {
            yield return (new JsonArray([.. Enumerable.Range(1, max + 1).Select(i => SchemaSamples.Another(items, i))]), "maxItems");
        }

        if ((string?)schema["x-kubernetes-list-type"] is "set" or "map" && list.Count > 0)
        {
            yield return (new JsonArray([.. list.Append(list[0]).Select(i => i!.DeepClone())]), "x-kubernetes-list-type");
        }
    }

    private static IEnumerable<(JsonNode?, string)> Maps(JsonObject schema, JsonNode value)
    {
        if (value is not JsonObject map)
        {
            yield break;
        }

        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
        {
            JsonObject without = map.DeepClone().AsObject();
            without.Remove((string)required!);
            yield return (without, "required");
        }

        if (schema["properties"] is not null)
        {
            JsonObject more = map.DeepClone().AsObject();
            more["noSuchField"] = true;
            yield return (more, "unknown");
        }

        if ((int?)schema["maxProperties"] is int max && schema["additionalProperties"] is JsonObject values)
        {
            yield return (
                new JsonObject(Enumerable.Range(0, max + 1).Select(i => KeyValuePair.Create($"key{i}", (JsonNode?)SchemaSamples.Minimal(values)))),
                "maxProperties");
        }
    }
}
