using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>
/// The structural schema of one version of a kind: of a CustomResourceDefinition, or of a built-in kind with rules beside it.
/// Rules in CEL (x-kubernetes-validations) are kept in <see cref="ToOpenApi"/> but not evaluated: an implementation has to
/// state them again anyway, and its own tests say whether it does.
/// </summary>
public sealed class StructuralSchema : ObjectSchema
{
    private readonly string _group;
    private readonly string _version;
    private readonly string _kind;
    private readonly bool _namespaced;
    private readonly NameKind _names;
    private readonly KindRules? _rules;
    private readonly JsonObject _openApi;
    private readonly StructuralNode _node;

    /// <summary>What the schema itself says of metadata, which may be no more than the length of a name.</summary>
    private readonly StructuralNode? _metadata;

    internal StructuralSchema(string group, string version, string kind, bool namespaced, JsonObject schema, NameKind names, KindRules? rules)
    {
        (_group, _version, _kind, _namespaced, _names, _rules) = (group, version, kind, namespaced, names, rules);
        _openApi = (JsonObject)schema.DeepClone();
        StructuralNode compiled = StructuralCompiler.Compile(schema);
        if (compiled.Properties.TryGetValue("metadata", out StructuralNode? metadata) && metadata.Properties.Count > 0)
        {
            _metadata = metadata;
        }

        compiled.Properties = compiled.Properties
            .Where(pair => pair.Key is not ("apiVersion" or "kind" or "metadata"))
            .Append(new("apiVersion", Text))
            .Append(new("kind", Text))
            .Append(new("metadata", CommonShapes.ObjectMeta))
            .ToFrozenDictionary(StringComparer.Ordinal);
        compiled.Type = ValueType.Object;
        _node = compiled;
        Root = StructuralCompiler.ToSchemaNode(compiled);
    }

    public override SchemaNode Root { get; }

    private static StructuralNode Text { get; } = new() { Type = ValueType.String };

    /// <summary>The schema of one version of a CustomResourceDefinition.</summary>
    /// <param name="openApiV3Schema">Null keeps everything, as x-kubernetes-preserve-unknown-fields does.</param>
    public static StructuralSchema Of(string group, string version, string kind, bool namespaced, JsonObject? openApiV3Schema) =>
        new(group, version, kind, namespaced, openApiV3Schema ?? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true }, NameKind.Subdomain, null);

    public override void Default(JsonObject item)
    {
        StructuralDefaulting.DropNulls(item, _node);
        StructuralDefaulting.Apply(item, _node);
        _rules?.Default(item);
    }

    public override IReadOnlyList<string> Prune(JsonObject item)
    {
        List<string>? removed = null;
        StructuralPruning.Apply(item, _node, new FieldPath(), ref removed);
        return removed ?? (IReadOnlyList<string>)ImmutableArray<string>.Empty;
    }

    public override IReadOnlyList<FieldError> Validate(JsonObject item, JsonObject? before)
    {
        List<FieldError> errors = [];
        FieldPath path = new();
        ObjectMetaRules.Validate(item, before, _names, _namespaced, errors);
        StructuralValidation.Apply(item, _node, path, errors, before);
        if (_metadata is not null)
        {
            path.Push("metadata");
            StructuralValidation.Apply(item["metadata"], _metadata, path, errors, before?["metadata"]);
        }

        // The rules of a kind read fields by their types, so those have to be right.
        if (_rules is not null && errors.TrueForAll(error => error.Kind != "FieldValueTypeInvalid"))
        {
            _rules.Validate(item, before, errors);
        }

        return errors;
    }

    public override JsonObject ToOpenApi()
    {
        JsonObject schema = (JsonObject)_openApi.DeepClone();
        JsonObject properties = schema["properties"] as JsonObject ?? [];
        JsonObject all = new()
        {
            ["apiVersion"] = Described("APIVersion defines the versioned schema of this representation of an object."),
            ["kind"] = Described("Kind is a string value representing the REST resource this object represents."),
            ["metadata"] = new JsonObject
            {
                ["description"] = "Standard object's metadata.",
                ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = CommonShapes.ObjectMetaReference }),
                ["default"] = new JsonObject(),
            },
        };
        foreach ((string name, JsonNode? property) in properties)
        {
            if (!all.ContainsKey(name))
            {
                all[name] = property?.DeepClone();
            }
        }

        schema["type"] = "object";
        schema["properties"] = all;
        schema["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = _group, ["kind"] = _kind, ["version"] = _version });
        return schema;
    }

    private static JsonObject Described(string description) => new() { ["type"] = "string", ["description"] = description };
}
