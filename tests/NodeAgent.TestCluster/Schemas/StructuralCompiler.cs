using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Reads an OpenAPI v3 schema once, so that no request reads it again.</summary>
internal static class StructuralCompiler
{
    public static StructuralNode Compile(JsonObject schema)
    {
        StructuralNode node = new()
        {
            Nullable = Flag(schema, "nullable"),
            PreserveUnknown = Flag(schema, "x-kubernetes-preserve-unknown-fields"),
            Embedded = Flag(schema, "x-kubernetes-embedded-resource"),
            Format = Text(schema, "format"),
            DefaultValue = Parsed(schema["default"]),
            Minimum = Number(schema, "minimum"),
            Maximum = Number(schema, "maximum"),
            ExclusiveMinimum = Flag(schema, "exclusiveMinimum"),
            ExclusiveMaximum = Flag(schema, "exclusiveMaximum"),
            MultipleOf = Number(schema, "multipleOf"),
            MinLength = Count(schema, "minLength", 0),
            MaxLength = Count(schema, "maxLength", int.MaxValue),
            MinItems = Count(schema, "minItems", 0),
            MaxItems = Count(schema, "maxItems", int.MaxValue),
            UniqueItems = Flag(schema, "uniqueItems"),
            MinProperties = Count(schema, "minProperties", 0),
            MaxProperties = Count(schema, "maxProperties", int.MaxValue),
            AtomicMap = Text(schema, "x-kubernetes-map-type") == "atomic",
            Required = Strings(schema, "required"),
            Keys = Strings(schema, "x-kubernetes-list-map-keys"),
            ListKind = Text(schema, "x-kubernetes-list-type") switch
            {
                "set" => ListKind.Set,
                "map" => ListKind.Map,
                _ => ListKind.Atomic,
            },
            Type = Flag(schema, "x-kubernetes-int-or-string") ? ValueType.IntOrString : TypeNamed(Text(schema, "type")),
            AllOf = Schemas(schema, "allOf"),
            AnyOf = Schemas(schema, "anyOf"),
            OneOf = Schemas(schema, "oneOf"),
            Not = schema["not"] is JsonObject not ? Compile(not) : null,
            Items = schema["items"] is JsonObject items ? Compile(items) : null,
        };
        if (Text(schema, "pattern") is { } pattern)
        {
            node.Pattern = pattern;
            node.PatternRegex = GoPattern.Compile(pattern);
        }

        if (schema["enum"] is JsonArray values)
        {
            node.Enum = [.. values.Select(value => value?.DeepClone())];
            if (node.Enum.All(value => value?.GetValueKind() == JsonValueKind.String))
            {
                node.EnumStrings = node.Enum.Select(value => value!.GetValue<string>()).ToFrozenSet(StringComparer.Ordinal);
            }
        }

        ReadProperties(schema, node);
        node.AnyDefaults = node.Defaulted.Length > 0
            || node.Properties.Values.Any(property => property.AnyDefaults)
            || node.Items is { } item && (item.AnyDefaults || item.DefaultValue is not null)
            || node.Additional is { } additional && (additional.AnyDefaults || additional.DefaultValue is not null);
        return node;
    }

    /// <summary>What merging and field ownership need of it.</summary>
    public static SchemaNode ToSchemaNode(StructuralNode node)
    {
        switch (node.Type)
        {
            case ValueType.Array:
                return new SchemaNode(NodeShape.List)
                {
                    Items = node.Items is null ? SchemaNode.Any : ToSchemaNode(node.Items),
                    ListKind = node.ListKind,
                    Keys = node.Keys,
                };
            case ValueType.Object when node.Properties.Count > 0:
                return new SchemaNode(NodeShape.Struct)
                {
                    Fields = node.Properties.ToImmutableDictionary(pair => pair.Key, pair => ToSchemaNode(pair.Value), StringComparer.Ordinal),
                    Atomic = node.AtomicMap,
                };
            case ValueType.Object when node.Additional is not null:
                return new SchemaNode(NodeShape.Map) { Items = ToSchemaNode(node.Additional), Atomic = node.AtomicMap };
            case ValueType.Object or ValueType.Any:
                return SchemaNode.Any;
            default:
                return SchemaNode.Scalar;
        }
    }

    private static void ReadProperties(JsonObject schema, StructuralNode node)
    {
        if (schema["properties"] is JsonObject properties)
        {
            List<KeyValuePair<string, StructuralNode>> compiled = new(properties.Count);
            foreach ((string name, JsonNode? value) in properties)
            {
                if (value is JsonObject property)
                {
                    compiled.Add(new(name, Compile(property)));
                }
            }

            node.Properties = compiled.ToFrozenDictionary(StringComparer.Ordinal);
            node.Defaulted = [.. compiled.Where(pair => pair.Value.DefaultValue is not null)];
        }

        switch (schema["additionalProperties"])
        {
            case JsonObject additional:
                node.Additional = Compile(additional);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.True:
                node.AnyAdditional = true;
                break;
        }
    }

    /// <summary>As a request would bring it: numbers that are parsed can be read as any type of number.</summary>
    private static JsonNode? Parsed(JsonNode? value) => value is null ? null : JsonNode.Parse(value.ToJsonString());

    private static ValueType TypeNamed(string? name) => name switch
    {
        "object" => ValueType.Object,
        "array" => ValueType.Array,
        "string" => ValueType.String,
        "integer" => ValueType.Integer,
        "number" => ValueType.Number,
        "boolean" => ValueType.Boolean,
        _ => ValueType.Any,
    };

    private static ImmutableArray<StructuralNode> Schemas(JsonObject schema, string key) =>
        schema[key] is JsonArray array ? [.. array.OfType<JsonObject>().Select(Compile)] : [];

    private static ImmutableArray<string> Strings(JsonObject schema, string key) =>
        schema[key] is JsonArray array ? [.. array.Select(item => item?.ToString() ?? "")] : [];

    private static string? Text(JsonObject schema, string key) =>
        schema[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static bool Flag(JsonObject schema, string key) =>
        schema[key] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    private static double? Number(JsonObject schema, string key) =>
        schema[key] is JsonValue value && JsonNumber.TryRead(value, out JsonNumber number) ? number.AsDouble : null;

    private static int Count(JsonObject schema, string key, int absent) =>
        Number(schema, key) is { } number ? (int)Math.Clamp(number, 0, int.MaxValue) : absent;
}
