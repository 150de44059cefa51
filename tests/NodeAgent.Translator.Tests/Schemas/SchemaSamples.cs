using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>Values that a schema takes. Text with a pattern comes from the schema's example, else from a list of usual texts.</summary>
internal static partial class SchemaSamples
{
    private static readonly string[] Usual =
    [
        "a", "example", "example.com", "/a", "10s", "example.com/a", "A", "192.0.2.1", "192.0.2.0/24", "https://example.com", "GET",
    ];

    private static readonly string[] Ugly = [" ", "!", "-", "..", "/", "a b", "A B!", "\n", "*.*", "-_-", "?!?!", "(((((((("];

    /// <summary>Only what is required.</summary>
    public static JsonNode Minimal(JsonObject schema) => Value(schema, full: false, seed: 0);

    /// <summary>Every field, one item in each list.</summary>
    public static JsonNode Full(JsonObject schema) => Value(schema, full: true, seed: 0);

    /// <summary>Like <see cref="Minimal"/>; other seeds give, where it can be had, another value.</summary>
    public static JsonNode Another(JsonObject schema, int seed) => Value(schema, full: false, seed);

    /// <summary>Text that only the pattern refuses; null where none is at hand.</summary>
    public static string? AgainstPattern(JsonObject schema) => Ugly.FirstOrDefault(text =>
        SchemaValidator.Check(JsonValue.Create(text), schema) is { Count: > 0 } errors && errors.TrueForAll(e => e.Keyword == "pattern"));

    private static JsonNode Value(JsonObject schema, bool full, int seed)
    {
        if (schema["x-kubernetes-int-or-string"] is not null)
        {
            return JsonValue.Create(1);
        }

        switch ((string?)schema["type"])
        {
            case "object":
                return Map(schema, full, seed);
            case "array":
                int count = Math.Max((int?)schema["minItems"] ?? 0, full ? 1 : 0);
                return new JsonArray([.. Enumerable.Range(seed, count).Select(i => Value(schema["items"]!.AsObject(), full, i))]);
            case "boolean":
                return schema["default"]?.DeepClone() ?? JsonValue.Create(true);
            case "integer" or "number":
                long least = Math.Max((long?)schema["minimum"] ?? 1, (long?)schema["default"] is long d && seed == 0 ? d : long.MinValue);
                return JsonValue.Create(least + seed);
            default:
                return JsonValue.Create(Text(schema, seed));
        }
    }

    private static JsonObject Map(JsonObject schema, bool full, int seed)
    {
        string[] required = [.. (schema["required"]?.AsArray() ?? []).Select(r => (string)r!)];
        var map = new JsonObject();
        foreach ((string name, JsonNode? property) in SchemaValidator.Properties(schema))
        {
            if (full || required.Contains(name))
            {
                map[name] = Value(property!.AsObject(), full, seed);
            }
        }

        int least = (int?)schema["minProperties"] ?? 0;
        if (schema["additionalProperties"] is JsonObject values)
        {
            for (int i = 0; i < Math.Max(least, full ? 1 : 0); i++)
            {
                map[$"key{i}"] = Value(values, full, seed);
            }
        }

        return map;
    }

    private static string Text(JsonObject schema, int seed)
    {
        if (schema["enum"] is JsonArray choices)
        {
            return seed == 0 && (string?)schema["default"] is string fallback ? fallback : (string)choices[seed % choices.Count]!;
        }

        string @base = (string?)schema["example"] ?? (string?)schema["default"] ?? "";
        string number = seed.ToString(CultureInfo.InvariantCulture);
        IEnumerable<string> candidates = @base.Length > 0 ? [@base] : [];
        candidates = candidates.Concat(Usual).Append(new string('a', (int?)schema["minLength"] ?? 1));
        candidates = seed == 0 ? candidates : candidates.SelectMany(c => (string[])[c + number, FirstNumber().Replace(c, number, 1), "a" + number + c]).Concat(candidates);
        return candidates.FirstOrDefault(c => SchemaValidator.Check(JsonValue.Create(c), schema).Count == 0)
            ?? throw new InvalidOperationException($"no text for pattern {schema["pattern"]}: give the schema an example");
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex FirstNumber();
}
