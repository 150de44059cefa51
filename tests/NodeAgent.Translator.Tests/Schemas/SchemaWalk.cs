using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>One value of a document and the schema that it stands under.</summary>
/// <param name="Steps">Field names and list positions from the root of the document.</param>
/// <param name="Declared">The place in the schema: the same for every item of a list.</param>
internal sealed record SchemaPlace(object[] Steps, string Declared, JsonObject Schema, JsonNode Value);

/// <summary>Walks documents beside their schema, and makes changed copies.</summary>
internal static class SchemaWalk
{
    public static IEnumerable<SchemaPlace> Places(JsonNode value, JsonObject schema) => Places(value, schema, [], "");

    /// <summary>Every place that the schema declares; items and map values as <c>[]</c>.</summary>
    public static IEnumerable<(string Declared, JsonObject Schema)> Declared(JsonObject schema, string at = "")
    {
        yield return (at, schema);
        foreach ((string name, JsonObject child) in Children(schema))
        {
            foreach ((string, JsonObject) below in Declared(child, at + name))
            {
                yield return below;
            }
        }
    }

    /// <summary>A copy with <paramref name="value"/> in that place; null takes the field out.</summary>
    public static JsonNode With(JsonNode document, object[] steps, JsonNode? value)
    {
        if (steps.Length == 0)
        {
            return value!.DeepClone();
        }

        JsonNode copy = document.DeepClone();
        JsonNode at = copy;
        foreach (object step in steps[..^1])
        {
            at = step is int i ? at[i]! : at[(string)step]!;
        }

        if (steps[^1] is int index)
        {
            at.AsArray().RemoveAt(index);
            if (value is not null)
            {
                at.AsArray().Insert(index, value.DeepClone());
            }
        }
        else if (value is null)
        {
            at.AsObject().Remove((string)steps[^1]);
        }
        else
        {
            at[(string)steps[^1]] = value.DeepClone();
        }

        return copy;
    }

    public static bool Has(JsonNode document, object[] steps)
    {
        JsonNode? at = document;
        foreach (object step in steps)
        {
            at = step is int i ? (at as JsonArray)?.ElementAtOrDefault(i) : (at as JsonObject)?[(string)step];
        }

        return at is not null;
    }

    public static string Text(object[] steps) => steps.Aggregate(
        FieldPath.Root, (path, step) => step is int index ? FieldPath.Item(path, index) : FieldPath.Child(path, (string)step));

    private static IEnumerable<SchemaPlace> Places(JsonNode value, JsonObject schema, object[] steps, string declared)
    {
        yield return new SchemaPlace(steps, declared, schema, value);
        var below = new List<(object Step, string Name, JsonNode? Schema, JsonNode? Value)>();
        if (value is JsonArray list && schema["items"] is JsonNode items)
        {
            below.AddRange(list.Select((item, i) => ((object)i, "[]", (JsonNode?)items, item)));
        }

        if (value is JsonObject map)
        {
            below.AddRange(map.Select(p => schema["properties"]?[p.Key] is JsonNode known
                ? ((object)p.Key, "." + p.Key, known, p.Value)
                : (p.Key, "[]", schema["additionalProperties"], p.Value)));
        }

        foreach ((object step, string name, JsonNode? child, JsonNode? childValue) in below)
        {
            if (child is JsonObject childSchema && childValue is not null)
            {
                foreach (SchemaPlace place in Places(childValue, childSchema, [.. steps, step], declared + name))
                {
                    yield return place;
                }
            }
        }
    }

    private static IEnumerable<(string Name, JsonObject Schema)> Children(JsonObject schema)
    {
        foreach ((string name, JsonNode? property) in SchemaValidator.Properties(schema))
        {
            yield return ("." + name, property!.AsObject());
        }

        foreach (string word in (string[])["items", "additionalProperties"])
        {
            if (schema[word] is JsonObject child)
            {
                yield return ("[]", child);
            }
        }
    }
}
