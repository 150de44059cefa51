using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Allows everything: for kinds whose shape is not known.</summary>
internal sealed class PermissiveSchema(string group, string version, string kind) : ObjectSchema
{
    public override SchemaNode Root => SchemaNode.Any;

    public override void Default(JsonObject item)
    {
    }

    public override IReadOnlyList<string> Prune(JsonObject item) => [];

    public override IReadOnlyList<FieldError> Validate(JsonObject item, JsonObject? before) => [];

    public override JsonObject ToOpenApi() => new()
    {
        ["type"] = "object",
        ["x-kubernetes-preserve-unknown-fields"] = true,
        ["x-kubernetes-group-version-kind"] = new JsonArray(new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = kind }),
    };
}
