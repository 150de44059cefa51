using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>What the API server asks of a definition itself, and what we ask of ours on top.</summary>
internal static class StructuralRules
{
    private static readonly string[] Types = ["object", "array", "string", "integer", "number", "boolean"];

    /// <summary>Each mistake as <c>path: what</c>.</summary>
    public static IEnumerable<string> Mistakes(CrdFile crd)
    {
        JsonObject spec = crd.Document["spec"]!.AsObject();
        string plural = (string)spec["names"]!["plural"]!;
        if ((string?)crd.Document["metadata"]!["name"] != $"{plural}.{crd.Group}")
        {
            yield return "metadata.name: must be PLURAL.GROUP";
        }

        foreach (string name in (string[])["kind", "listKind", "singular", "shortNames", "categories"])
        {
            if (spec["names"]![name] is null)
            {
                yield return $"spec.names.{name}: is missing";
            }
        }

        JsonObject version = spec["versions"]!.AsArray().Select(v => v!.AsObject()).Single(v => (string)v["name"]! == crd.Version);
        if (version["subresources"]?["status"] is null)
        {
            yield return $"{crd.Version}: has no status subresource";
        }

        foreach (JsonNode? column in version["additionalPrinterColumns"]?.AsArray() ?? [])
        {
            string path = (string)column!["jsonPath"]!;
            if (!path.StartsWith(".metadata.", StringComparison.Ordinal) && !Declares(crd.Schema, path))
            {
                yield return $"printer column {column["name"]}: {path} is not declared";
            }
        }

        if (version["additionalPrinterColumns"] is null)
        {
            yield return $"{crd.Version}: has no printer columns";
        }

        foreach (string mistake in Mistakes(crd.Schema, FieldPath.Root))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> Mistakes(JsonObject schema, string path)
    {
        if (!Types.Contains((string?)schema["type"]) && schema["x-kubernetes-int-or-string"] is null)
        {
            yield return $"{path}: has no type";
        }

        bool isItem = path.EndsWith(']');
        if (schema["description"] is null && path != "metadata" && !isItem)
        {
            yield return $"{path}: has no description";
        }

        if ((string?)schema["type"] == "array" && (schema["items"] is null || schema["maxItems"] is null))
        {
            yield return $"{path}: a list needs items and maxItems";
        }

        if ((string?)schema["type"] == "string" && schema["enum"] is null && schema["maxLength"] is null && schema["format"] is null
            && path is not ("apiVersion" or "kind"))
        {
            yield return $"{path}: text needs maxLength, enum or format";
        }

        JsonObject properties = SchemaValidator.Properties(schema);
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
        {
            if (!properties.ContainsKey((string)required!))
            {
                yield return $"{path}: requires {required}, which it does not declare";
            }
        }

        if (schema["default"] is JsonNode fallback)
        {
            foreach (SchemaError error in SchemaValidator.Check(fallback, schema))
            {
                yield return $"{path}: its default breaks {error.Keyword}";
            }
        }

        foreach (string mistake in RuleMistakes(schema, path))
        {
            yield return mistake;
        }

        foreach ((string child, JsonObject node) in Children(schema, path))
        {
            foreach (string mistake in Mistakes(node, child))
            {
                yield return mistake;
            }
        }
    }

    /// <summary>A rule may name what is declared anywhere below its place.</summary>
    private static IEnumerable<string> RuleMistakes(JsonObject schema, string path)
    {
        foreach (JsonNode? rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
        {
            string text = (string)rule!["rule"]!;
            if (rule["message"] is null)
            {
                yield return $"{path}: rule without message: {text}";
            }

            string? unreadable = null;
            try
            {
                HashSet<string> declared = [.. DeclaredBelow(schema), "metadata", "name"];
                unreadable = SchemaValidator.RuleOf(text).Members.Where(m => !declared.Contains(m)).Select(m => $"names {m}, which is not declared").FirstOrDefault();
            }
            catch (CelException e)
            {
                unreadable = e.Message;
            }

            if (unreadable is not null)
            {
                yield return $"{path}: rule {text}: {unreadable}";
            }
        }
    }

    private static IEnumerable<string> DeclaredBelow(JsonObject schema) => Children(schema, FieldPath.Root)
        .SelectMany(c => DeclaredBelow(c.Schema))
        .Concat(SchemaValidator.Properties(schema).Select(p => p.Key));

    private static IEnumerable<(string Path, JsonObject Schema)> Children(JsonObject schema, string path)
    {
        foreach ((string name, JsonNode? property) in SchemaValidator.Properties(schema))
        {
            yield return (FieldPath.Child(path, name), property!.AsObject());
        }

        if (schema["items"] is JsonObject items)
        {
            yield return ($"{path}[]", items);
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            yield return ($"{path}[]", values);
        }
    }

    private static bool Declares(JsonObject schema, string jsonPath)
    {
        JsonNode? at = schema;
        foreach (string name in Regex.Replace(jsonPath, @"\[[^\]]*\]", "").TrimStart('.').Split('.'))
        {
            at = at?["properties"]?[name] ?? at?["items"]?["properties"]?[name];
        }

        return at is not null;
    }
}
