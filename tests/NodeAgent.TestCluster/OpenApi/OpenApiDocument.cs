using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;

namespace NodeAgent.TestCluster.OpenApi;

/// <summary>
/// The OpenAPI v3 document of one group and version, as <c>/openapi/v3/apis/GROUP/VERSION</c> serves it. kubectl reads schemas
/// from it (explain, merging of lists by key) and looks among the parameters of patch for what the server can do
/// (dryRun, fieldValidation).
/// </summary>
public static class OpenApiDocument
{
    /// <summary>The version a server of this shape would say it has.</summary>
    private const string ServerVersion = "v1.32.4";

    private const string MetaPrefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    /// <param name="kinds">Those of other groups and versions are left out.</param>
    public static JsonObject Of(string group, string version, IEnumerable<ServedKind> kinds)
    {
        JsonObject schemas = [];
        foreach (string shape in new[] { "ObjectMeta", "ListMeta", "Status", "DeleteOptions", "Patch", "WatchEvent" })
        {
            schemas[MetaPrefix + shape] = Shared(shape, group, version);
        }

        JsonObject paths = [];
        foreach (ServedKind kind in kinds.Where(kind => kind.Group == group && kind.Version == version))
        {
            string name = SchemaName(kind);
            schemas[name] = kind.Schema.ToOpenApi();
            schemas[name + "List"] = ListOf(kind);
            ResourcePaths.Add(paths, kind);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = ServerVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["BearerToken"] = new JsonObject { ["type"] = "apiKey", ["description"] = "Bearer Token authentication", ["name"] = "authorization", ["in"] = "header" },
                },
            },
        };
    }

    /// <summary>The name of a kind among components.schemas: its group turned round, its version and its name.</summary>
    public static string SchemaName(ServedKind kind)
    {
        string group = kind.Group switch
        {
            "" => "io.k8s.api.core",
            { } flat when !flat.Contains('.', StringComparison.Ordinal) => $"io.k8s.api.{flat}",
            _ => string.Join('.', kind.Group.Split('.').Reverse()),
        };
        return $"{group}.{kind.Version}.{kind.Kind}";
    }

    internal static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    internal static JsonObject MetaReference(string shape) => Reference(MetaPrefix + shape);

    private static JsonObject Shared(string shape, string group, string version)
    {
        JsonObject schema = CommonShapes.Text.Shape(shape);
        switch (shape)
        {
            case "Status":
                schema["x-kubernetes-group-version-kind"] = new JsonArray(TypeOf("", "v1", shape));
                break;
            case "DeleteOptions" or "WatchEvent":
                schema["x-kubernetes-group-version-kind"] = group.Length == 0
                    ? new JsonArray(TypeOf("", "v1", shape))
                    : new JsonArray(TypeOf("", "v1", shape), TypeOf(group, version, shape));
                break;
        }

        return schema;
    }

    private static JsonObject ListOf(ServedKind kind) => new()
    {
        ["type"] = "object",
        ["description"] = $"{kind.Kind}List is a list of {kind.Kind}",
        ["required"] = new JsonArray("items"),
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = Reference(SchemaName(kind)) },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = MetaReference("ListMeta"),
        },
        ["x-kubernetes-group-version-kind"] = new JsonArray(TypeOf(kind.Group, kind.Version, kind.Kind + "List")),
    };

    private static JsonObject TypeOf(string group, string version, string kind) =>
        new() { ["group"] = group, ["kind"] = kind, ["version"] = version };
}
