using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <param name="Keyword">The schema's word that is broken, or "rule" for x-kubernetes-validations.</param>
/// <param name="Detail">The rule's expression.</param>
internal sealed record SchemaError(string Path, string Keyword, string Detail);

/// <summary>What the API server would say of a new object, judged by its schema alone; unknown fields are errors.</summary>
internal static class SchemaValidator
{
    private static readonly ConcurrentDictionary<string, CelRule> Rules = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    public static CelRule RuleOf(string text) => Rules.GetOrAdd(text, CelRule.Parse);

    public static List<SchemaError> Check(JsonNode document, JsonObject schema)
    {
        var errors = new List<SchemaError>();
        JsonNode defaulted = document.DeepClone();
        SetDefaults(defaulted, schema);
        Check(defaulted, schema, FieldPath.Root, errors, whole: true);
        return errors;
    }

    private static void SetDefaults(JsonNode? value, JsonObject schema)
    {
        if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            foreach (JsonNode? item in list)
            {
                SetDefaults(item, items);
            }
        }

        if (value is not JsonObject map)
        {
            return;
        }

        foreach ((string name, JsonNode? property) in Properties(schema))
        {
            if (!map.ContainsKey(name) && property!["default"] is JsonNode fallback)
            {
                map[name] = fallback.DeepClone();
            }

            SetDefaults(map[name], property!.AsObject());
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            foreach ((_, JsonNode? entry) in map)
            {
                SetDefaults(entry, values);
            }
        }
    }

    /// <param name="whole">False inside allOf, anyOf, oneOf and not, which repeat only some of the fields.</param>
    private static void Check(JsonNode? value, JsonObject schema, string path, List<SchemaError> errors, bool whole)
    {
        void Broken(string keyword, string detail = "") => errors.Add(new SchemaError(path, keyword, detail));
        if (value is null)
        {
            return;
        }

        if (!IsOfType(value, schema))
        {
            Broken("type");
            return;
        }

        if (schema["enum"] is JsonArray choices && !choices.Any(c => JsonNode.DeepEquals(c, value)))
        {
            Broken("enum");
        }

        switch (value)
        {
            case JsonObject map:
                CheckMap(map, schema, path, errors, whole);
                break;
            case JsonArray list:
                CheckList(list, schema, path, errors, whole);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                CheckText(scalar.GetValue<string>(), schema, Broken);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                CheckNumber(double.Parse(scalar.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture), schema, Broken);
                break;
        }

        CheckCombinations(value, schema, path, Broken);
        foreach (JsonNode? rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
        {
            string text = (string)rule!["rule"]!;
            if (!RuleOf(text).IsTransition && !RuleOf(text).Holds(value))
            {
                Broken("rule", text);
            }
        }
    }

    private static void CheckMap(JsonObject map, JsonObject schema, string path, List<SchemaError> errors, bool whole)
    {
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
        {
            if (map[(string)required!] is null)
            {
                errors.Add(new SchemaError(FieldPath.Child(path, (string)required!), "required", ""));
            }
        }

        if (map.Count > ((long?)schema["maxProperties"] ?? long.MaxValue))
        {
            errors.Add(new SchemaError(path, "maxProperties", ""));
        }

        if (map.Count < ((long?)schema["minProperties"] ?? 0))
        {
            errors.Add(new SchemaError(path, "minProperties", ""));
        }

        bool open = !whole || schema["x-kubernetes-preserve-unknown-fields"] is not null || (path == "metadata" && schema["properties"] is null);
        foreach ((string name, JsonNode? child) in map)
        {
            string at = FieldPath.Child(path, name);
            if (schema["properties"]?[name] is JsonObject property)
            {
                Check(child, property, at, errors, whole);
            }
            else if (schema["additionalProperties"] is JsonObject values)
            {
                Check(child, values, at, errors, whole);
            }
            else if (!open)
            {
                errors.Add(new SchemaError(at, "unknown", ""));
            }
        }
    }

    private static void CheckList(JsonArray list, JsonObject schema, string path, List<SchemaError> errors, bool whole)
    {
        if (list.Count > ((long?)schema["maxItems"] ?? long.MaxValue))
        {
            errors.Add(new SchemaError(path, "maxItems", ""));
        }

        if (list.Count < ((long?)schema["minItems"] ?? 0))
        {
            errors.Add(new SchemaError(path, "minItems", ""));
        }

        string[] keys = [.. (schema["x-kubernetes-list-map-keys"]?.AsArray() ?? []).Select(k => (string)k!)];
        bool isSet = (string?)schema["x-kubernetes-list-type"] == "set";
        if (isSet || keys.Length > 0)
        {
            string[] identities = [.. list.Select(i => isSet ? i!.ToJsonString() : string.Join('|', keys.Select(k => (i as JsonObject)?[k]?.ToJsonString())))];
            if (identities.Distinct().Count() < identities.Length)
            {
                errors.Add(new SchemaError(path, "x-kubernetes-list-type", ""));
            }
        }

        for (int i = 0; i < list.Count && schema["items"] is JsonObject items; i++)
        {
            Check(list[i], items, FieldPath.Item(path, i), errors, whole);
        }
    }

    private static void CheckText(string text, JsonObject schema, Action<string, string> broken)
    {
        int length = text.EnumerateRunes().Count();
        if (length > ((long?)schema["maxLength"] ?? long.MaxValue))
        {
            broken("maxLength", "");
        }

        if (length < ((long?)schema["minLength"] ?? 0))
        {
            broken("minLength", "");
        }

        if (!FitsFormat(text, (string?)schema["format"]))
        {
            broken("format", "");
        }

        if ((string?)schema["pattern"] is string pattern
            && !Patterns.GetOrAdd(pattern, p => new Regex(SchemaPattern.ToDotNet(p), RegexOptions.NonBacktracking)).IsMatch(text))
        {
            broken("pattern", "");
        }
    }

    /// <summary>Formats that the API server looks at, as far as definitions use them.</summary>
    private static bool FitsFormat(string text, string? format) => format switch
    {
        "ipv4" => IPAddress.TryParse(text, out IPAddress? v4) && v4.AddressFamily == AddressFamily.InterNetwork,
        "ipv6" => IPAddress.TryParse(text, out IPAddress? v6) && v6.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static void CheckNumber(double number, JsonObject schema, Action<string, string> broken)
    {
        if (number > ((double?)schema["maximum"] ?? double.MaxValue))
        {
            broken("maximum", "");
        }

        if (number < ((double?)schema["minimum"] ?? double.MinValue))
        {
            broken("minimum", "");
        }
    }

    private static void CheckCombinations(JsonNode value, JsonObject schema, string path, Action<string, string> broken)
    {
        bool Takes(JsonNode? part)
        {
            var errors = new List<SchemaError>();
            Check(value, part!.AsObject(), path, errors, whole: false);
            return errors.Count == 0;
        }

        if (schema["anyOf"] is JsonArray any && schema["x-kubernetes-int-or-string"] is null && !any.Any(Takes))
        {
            broken("anyOf", "");
        }

        if (schema["oneOf"] is JsonArray one && one.Count(Takes) != 1)
        {
            broken("oneOf", "");
        }

        if (schema["allOf"] is JsonArray all && !all.All(Takes))
        {
            broken("allOf", "");
        }

        if (schema["not"] is JsonObject not && Takes(not))
        {
            broken("not", "");
        }
    }

    private static bool IsOfType(JsonNode value, JsonObject schema)
    {
        JsonValueKind kind = value.GetValueKind();
        if (schema["x-kubernetes-int-or-string"] is not null)
        {
            return kind is JsonValueKind.Number or JsonValueKind.String;
        }

        return (string?)schema["type"] switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => kind == JsonValueKind.Number && long.TryParse(value.ToJsonString(), out _),
            "number" => kind == JsonValueKind.Number,
            _ => true,
        };
    }

    public static JsonObject Properties(JsonObject schema) => schema["properties"]?.AsObject() ?? [];
}
