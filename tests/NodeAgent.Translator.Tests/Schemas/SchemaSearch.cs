using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>
/// Looks for documents that fit rules across fields: starts from a document and changes what stands around the rule
/// that is broken (another choice, a field less, a field more) until none is.
/// </summary>
internal sealed class SchemaSearch(JsonObject schema)
{
    /// <summary>Steps from where the search starts, and documents looked at: enough for a union of a dozen kinds.</summary>
    private const int MaxSteps = 4;

    private const int MaxDocuments = 1500;

    /// <summary>A valid document that has the places of <paramref name="keep"/>; null when none was found.</summary>
    public JsonNode? Repair(JsonNode start, object[] keep)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new PriorityQueue<(JsonNode Document, int Steps), int>();
        queue.Enqueue((start, 0), 0);
        while (queue.TryDequeue(out (JsonNode Document, int Steps) next, out _) && seen.Count < MaxDocuments)
        {
            List<SchemaError> errors = SchemaValidator.Check(next.Document, schema);
            if (errors.Count == 0)
            {
                return next.Document;
            }

            if (next.Steps == MaxSteps)
            {
                continue;
            }

            foreach (JsonNode changed in Changes(next.Document, errors, keep))
            {
                if (SchemaWalk.Has(changed, keep) && seen.Add(changed.ToJsonString()))
                {
                    queue.Enqueue((changed, next.Steps + 1), (SchemaValidator.Check(changed, schema).Count * 2) + next.Steps + 1);
                }
            }
        }

        return null;
    }

    /// <summary>Documents one and two changes away from <paramref name="valid"/>, near the place of the rule.</summary>
    public IEnumerable<JsonNode> Near(JsonNode valid, SchemaPlace rule)
    {
        JsonNode[] once = [.. ChangesBelow(valid, SchemaWalk.Text(rule.Steps), [])];
        return once.Concat(once.SelectMany(o => ChangesBelow(o, SchemaWalk.Text(rule.Steps), [])));
    }

    private IEnumerable<JsonNode> Changes(JsonNode document, List<SchemaError> errors, object[] keep) =>
        errors.Select(e => e.Path).Distinct().SelectMany(path => ChangesBelow(document, path, keep));

    private IEnumerable<JsonNode> ChangesBelow(JsonNode document, string path, object[] keep)
    {
        string kept = SchemaWalk.Text(keep);
        foreach (SchemaPlace place in SchemaWalk.Places(document, schema).ToList())
        {
            string at = SchemaWalk.Text(place.Steps);
            if (place.Steps.Length == 0 || at.StartsWith("metadata", StringComparison.Ordinal) || !Below(at, path))
            {
                if (at != path && !Below(path, at))
                {
                    continue;
                }
            }

            foreach (JsonNode? other in Others(place))
            {
                if (place.Steps.Length > 0 && (other is not null || !(Below(kept, at) || kept == at)))
                {
                    yield return SchemaWalk.With(document, place.Steps, other);
                }
            }

            foreach (JsonObject more in Additions(place))
            {
                yield return SchemaWalk.With(document, place.Steps, more);
            }
        }
    }

    /// <summary>Other values of a place; null takes it out.</summary>
    private static IEnumerable<JsonNode?> Others(SchemaPlace place)
    {
        JsonObject schema = place.Schema;
        if (place.Steps is [.., string])
        {
            yield return null;
        }

        if (schema["enum"] is JsonArray choices)
        {
            foreach (JsonNode? choice in choices)
            {
                yield return choice;
            }
        }
        else if ((string?)schema["type"] is "integer")
        {
            yield return schema["minimum"]?.DeepClone() ?? JsonValue.Create(0);
            yield return schema["maximum"]?.DeepClone() ?? JsonValue.Create(1000);
        }
        else if ((string?)schema["type"] is "string")
        {
            yield return SchemaSamples.Another(schema, 7);
        }
        else if ((string?)schema["type"] is "boolean")
        {
            yield return !(bool)place.Value!;
        }
        else if (place.Value is JsonArray { Count: > 0 })
        {
            yield return new JsonArray();
            JsonObject items = schema["items"]!.AsObject();
            yield return new JsonArray(SchemaSamples.Full(items), SchemaSamples.Another(items, 7));
            yield return new JsonArray(SchemaSamples.Full(items), SchemaSamples.Minimal(items));
            yield return new JsonArray(SchemaSamples.Minimal(items), SchemaSamples.Minimal(items));
        }
    }

    private static IEnumerable<JsonObject> Additions(SchemaPlace place)
    {
        if (place.Value is not JsonObject map)
        {
            yield break;
        }

        foreach ((string name, JsonNode? property) in SchemaValidator.Properties(place.Schema))
        {
            if (!map.ContainsKey(name) && name is not ("metadata" or "status" or "apiVersion" or "kind"))
            {
                foreach (JsonNode value in (JsonNode[])[SchemaSamples.Minimal(property!.AsObject()), SchemaSamples.Full(property.AsObject())])
                {
                    JsonObject more = map.DeepClone().AsObject();
                    more[name] = value;
                    yield return more;
                }
            }
        }
    }

    private static bool Below(string path, string ancestor) =>
        ancestor.Length == 0
        || (path.StartsWith(ancestor, StringComparison.Ordinal) && path.Length > ancestor.Length && path[ancestor.Length] is '.' or '[');
}
