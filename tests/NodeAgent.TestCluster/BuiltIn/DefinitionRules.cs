using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Tables;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>CustomResourceDefinitions: names that belong together, one stored version, schemas that are structural.</summary>
internal sealed class DefinitionRules : KindRules
{
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];

    public override void Default(JsonObject item)
    {
        if (item["spec"] is not JsonObject spec || spec["names"] is not JsonObject names)
        {
            return;
        }

        string kind = Text(names, "kind");
        if (kind.Length > 0)
        {
            DefaultText(names, "singular", kind.ToLowerInvariant());
            DefaultText(names, "listKind", kind + "List");
        }

        if (spec["conversion"] is null)
        {
            spec["conversion"] = new JsonObject { ["strategy"] = "None" };
        }
    }

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        if (item["spec"] is not JsonObject spec)
        {
            return;
        }

        JsonNode? names = spec["names"];
        string group = Text(spec, "group");
        string name = Text(item["metadata"], "name");
        if (name.Length > 0 && name != $"{Text(names, "plural")}.{group}")
        {
            errors.Add(FieldErrors.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }

        ValidateGroup(item, group, errors);
        ValidateNames(names, errors);
        ValidateVersions(spec, errors);
        if (Flag(spec, "preserveUnknownFields"))
        {
            errors.Add(FieldErrors.Invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }

        if (before?["spec"] is { } old)
        {
            Unchanged(spec["group"], old["group"], "spec.group", errors);
            Unchanged(spec["scope"], old["scope"], "spec.scope", errors);
            Unchanged(names?["plural"], old["names"]?["plural"], "spec.names.plural", errors);
            Unchanged(names?["kind"], old["names"]?["kind"], "spec.names.kind", errors);
        }
    }

    private static void ValidateGroup(JsonObject item, string group, List<FieldError> errors)
    {
        foreach (string problem in NameRule.Check(NameKind.Subdomain, group))
        {
            errors.Add(FieldErrors.Invalid("spec.group", group, problem));
        }

        if (group.Length > 0 && !group.Contains('.', StringComparison.Ordinal))
        {
            errors.Add(FieldErrors.Invalid("spec.group", group, "should be a domain with at least one dot"));
        }

        bool isProtected = group is "k8s.io" or "kubernetes.io"
            || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);
        if (isProtected && Text(item["metadata"]?["annotations"], "api-approved.kubernetes.io").Length == 0)
        {
            errors.Add(FieldErrors.Required(
                "metadata.annotations[api-approved.kubernetes.io]",
                "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private static void ValidateNames(JsonNode? names, List<FieldError> errors)
    {
        foreach (string field in new[] { "plural", "singular", "kind", "listKind" })
        {
            string name = Text(names, field);
            foreach (string problem in name.Length == 0 ? [] : NameRule.Check(NameKind.Label1035, name.ToLowerInvariant()))
            {
                errors.Add(FieldErrors.Invalid($"spec.names.{field}", name, problem));
            }
        }

        JsonArray shorts = List(names, "shortNames");
        for (int i = 0; i < shorts.Count; i++)
        {
            string name = shorts[i]?.ToString() ?? "";
            foreach (string problem in NameRule.Check(NameKind.Label1035, name))
            {
                errors.Add(FieldErrors.Invalid($"spec.names.shortNames[{i}]", name, problem));
            }
        }

        if (Text(names, "kind") is { Length: > 0 } kind && kind == Text(names, "listKind"))
        {
            errors.Add(FieldErrors.Invalid("spec.names.listKind", kind, "kind and listKind may not be the same"));
        }
    }

    private static void ValidateVersions(JsonObject spec, List<FieldError> errors)
    {
        JsonArray versions = List(spec, "versions");
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < versions.Count; i++)
        {
            string path = $"spec.versions[{i}]";
            string name = Text(versions[i], "name");
            foreach (string problem in NameRule.Check(NameKind.Label1035, name))
            {
                errors.Add(FieldErrors.Invalid($"{path}.name", name, problem));
            }

            if (!seen.Add(name))
            {
                errors.Add(FieldErrors.Invalid("spec.versions", versions, "must contain unique version names"));
            }

            if (versions[i]?["schema"]?["openAPIV3Schema"] is JsonObject schema)
            {
                DefinedSchemaRules.Validate(schema, $"{path}.schema.openAPIV3Schema", errors);
            }
            else
            {
                errors.Add(FieldErrors.Required($"{path}.schema.openAPIV3Schema", "schemas are required"));
            }

            ValidateColumns(List(versions[i], "additionalPrinterColumns"), $"{path}.additionalPrinterColumns", errors);
        }

        if (versions.Count(version => Flag(version, "storage")) != 1)
        {
            errors.Add(FieldErrors.Invalid("spec.versions", versions, "must have exactly one version marked as storage version"));
        }

        if (!versions.Any(version => Flag(version, "served")))
        {
            errors.Add(FieldErrors.Invalid("spec.versions", versions, "must have at least one version marked as served"));
        }
    }

    private static void ValidateColumns(JsonArray columns, string path, List<FieldError> errors)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            string type = Text(columns[i], "type");
            if (!ColumnTypes.Contains(type))
            {
                errors.Add(FieldErrors.NotSupported($"{path}[{i}].type", type, ColumnTypes));
            }

            string jsonPath = Text(columns[i], "jsonPath");
            if (!jsonPath.StartsWith('.') || JsonPath.Parse(jsonPath) is null)
            {
                errors.Add(FieldErrors.Invalid($"{path}[{i}].jsonPath", jsonPath, "must be a simple json path starting with ."));
            }
        }
    }
}
