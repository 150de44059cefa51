using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

/// <summary>Schemas for tests, and what they say of objects.</summary>
internal static class SchemaOf
{
    /// <summary>The schema of a custom kind with this <c>spec</c>, in YAML.</summary>
    public static StructuralSchema Spec(string spec)
    {
        JsonObject schema = Manifests.ParseOne(spec);
        return StructuralSchema.Of("example.com", "v1", "Widget", namespaced: true, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["spec"] = schema },
        });
    }

    public static ServedKind BuiltIn(string apiVersion, string kind) =>
        BuiltInKinds.All.Single(known => known.ApiVersion == apiVersion && known.Kind == kind);

    /// <summary>A Widget with this spec, in YAML.</summary>
    public static JsonObject Widget(string spec) => new()
    {
        ["apiVersion"] = "example.com/v1",
        ["kind"] = "Widget",
        ["metadata"] = new JsonObject { ["name"] = "w", ["namespace"] = "default" },
        ["spec"] = Manifests.ParseOne(spec),
    };

    /// <summary>What is refused, as kubectl shows it, after defaults.</summary>
    public static string[] Refusals(ObjectSchema schema, JsonObject item, JsonObject? before = null)
    {
        schema.Default(item);
        return [.. schema.Validate(item, before).Select(error => $"{error.Path}: {error.Message}")];
    }

    public static string[] Refusals(string yaml, string? before = null)
    {
        JsonObject item = Manifests.ParseOne(yaml);
        JsonObject? old = before is null ? null : Manifests.ParseOne(before);
        ObjectSchema schema = BuiltIn((string)item["apiVersion"]!, (string)item["kind"]!).Schema;
        if (old is not null)
        {
            schema.Default(old);
        }

        return Refusals(schema, item, old);
    }
}
