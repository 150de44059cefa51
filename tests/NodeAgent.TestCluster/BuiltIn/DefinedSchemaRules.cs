using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>Schemas of CustomResourceDefinitions have to be structural: every field has a type of its own.</summary>
internal static class DefinedSchemaRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    public static void Validate(JsonObject root, string path, List<FieldError> errors)
    {
        if (Text(root, "type") != "object")
        {
            errors.Add(Text(root, "type").Length == 0
                ? FieldErrors.Required($"{path}.type", "must not be empty at the root")
                : FieldErrors.Invalid($"{path}.type", Text(root, "type"), "must be object at the root"));
        }

        Walk(root, path, errors);
        if (errors.Count == 0)
        {
            ValidateDefaults(root, path, errors);
        }
    }

    private static void Walk(JsonObject schema, string path, List<FieldError> errors)
    {
        ValidateOne(schema, path, errors);
        foreach ((string name, JsonNode? child) in schema["properties"] as JsonObject ?? [])
        {
            if (child is JsonObject property)
            {
                string at = $"{path}.properties[{name}]";
                RequireType(property, at, "must not be empty for specified object fields", errors);
                Walk(property, at, errors);
            }
        }

        if (schema["additionalProperties"] is JsonObject additional)
        {
            RequireType(additional, $"{path}.additionalProperties", "must not be empty for specified object fields", errors);
            Walk(additional, $"{path}.additionalProperties", errors);
        }

        if (schema["items"] is JsonObject items)
        {
            RequireType(items, $"{path}.items", "must not be empty for specified array items", errors);
            Walk(items, $"{path}.items", errors);
        }
    }

    private static void ValidateOne(JsonObject schema, string path, List<FieldError> errors)
    {
        string type = Text(schema, "type");
        if (type.Length > 0 && !Types.Contains(type))
        {
            errors.Add(FieldErrors.NotSupported($"{path}.type", type, Types));
        }

        if (type == "array" && schema["items"] is not JsonObject)
        {
            errors.Add(FieldErrors.Required($"{path}.items", "must be specified"));
        }

        if (schema["properties"] is not null && schema["additionalProperties"] is not null)
        {
            errors.Add(FieldErrors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }

        if (schema["additionalProperties"] is JsonValue closed && closed.GetValueKind() == JsonValueKind.False)
        {
            errors.Add(FieldErrors.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false"));
        }

        foreach (string absent in new[] { "$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id" })
        {
            if (schema.ContainsKey(absent))
            {
                errors.Add(FieldErrors.Forbidden($"{path}.{absent}", $"{absent} is not supported"));
            }
        }

        if (Flag(schema, "uniqueItems"))
        {
            errors.Add(FieldErrors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }

        string pattern = Text(schema, "pattern");
        if (pattern.Length > 0 && GoPattern.Compile(pattern) is null)
        {
            errors.Add(FieldErrors.Invalid($"{path}.pattern", pattern, "must be a valid regular expression, but isn't"));
        }

        if (Flag(schema, "x-kubernetes-embedded-resource") && type != "object")
        {
            errors.Add(FieldErrors.Invalid($"{path}.type", type, "must be object if x-kubernetes-embedded-resource is true"));
        }

        ValidateListKeys(schema, path, type, errors);
    }

    private static void ValidateListKeys(JsonObject schema, string path, string type, List<FieldError> errors)
    {
        string list = Text(schema, "x-kubernetes-list-type");
        JsonArray keys = schema["x-kubernetes-list-map-keys"] as JsonArray ?? [];
        if (list.Length > 0 && list is not ("atomic" or "map" or "set"))
        {
            errors.Add(FieldErrors.NotSupported($"{path}.x-kubernetes-list-type", list, "atomic", "map", "set"));
        }

        if (list.Length > 0 && type != "array")
        {
            errors.Add(FieldErrors.Invalid($"{path}.type", type, "must be array if x-kubernetes-list-type is specified"));
        }

        if (list != "map")
        {
            return;
        }

        if (keys.Count == 0)
        {
            errors.Add(FieldErrors.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
        }

        JsonObject? items = schema["items"] as JsonObject;
        for (int i = 0; i < keys.Count; i++)
        {
            string key = keys[i]?.ToString() ?? "";
            if (items?["properties"]?[key] is not JsonObject property)
            {
                errors.Add(FieldErrors.Invalid($"{path}.x-kubernetes-list-map-keys[{i}]", key, "entries must all be names of item properties"));
            }
            else if (property["default"] is null && (items["required"] as JsonArray)?.Any(name => name?.ToString() == key) != true)
            {
                errors.Add(FieldErrors.Required($"{path}.items.properties[{key}].default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
    }

    /// <summary>A default has to be valid where it stands.</summary>
    private static void ValidateDefaults(JsonObject schema, string path, List<FieldError> errors)
    {
        if (schema["default"] is { } value)
        {
            StructuralNode node = StructuralCompiler.Compile(schema);
            JsonNode copy = value.DeepClone();
            StructuralDefaulting.Apply(copy, node);
            List<FieldError> found = [];
            FieldPath at = new();
            at.Push($"{path}.default");
            StructuralValidation.Apply(copy, node, at, found);
            errors.AddRange(found);
        }

        foreach ((string name, JsonNode? child) in schema["properties"] as JsonObject ?? [])
        {
            if (child is JsonObject property)
            {
                ValidateDefaults(property, $"{path}.properties[{name}]", errors);
            }
        }

        foreach (string inner in new[] { "items", "additionalProperties" })
        {
            if (schema[inner] is JsonObject child)
            {
                ValidateDefaults(child, $"{path}.{inner}", errors);
            }
        }
    }

    private static void RequireType(JsonObject schema, string path, string detail, List<FieldError> errors)
    {
        if (Text(schema, "type").Length == 0 && !Flag(schema, "x-kubernetes-int-or-string") && !Flag(schema, "x-kubernetes-preserve-unknown-fields"))
        {
            errors.Add(FieldErrors.Required($"{path}.type", detail));
        }
    }

    private static string Text(JsonObject schema, string field) =>
        schema[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static bool Flag(JsonObject schema, string field) =>
        schema[field] is JsonValue value && value.GetValueKind() == JsonValueKind.True;
}
