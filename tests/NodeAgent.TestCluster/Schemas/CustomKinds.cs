using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Tables;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>The kinds that a CustomResourceDefinition (apiextensions.k8s.io/v1) brings.</summary>
public static class CustomKinds
{
    /// <param name="crd">One that the rules of CustomResourceDefinition have accepted.</param>
    /// <returns>One for every served version, in the order of the definition.</returns>
    public static ImmutableArray<ServedKind> From(JsonObject crd)
    {
        if (crd["spec"] is not JsonObject spec || spec["names"] is not JsonObject names || spec["versions"] is not JsonArray versions)
        {
            return [];
        }

        ImmutableArray<ServedKind>.Builder kinds = ImmutableArray.CreateBuilder<ServedKind>();
        foreach (JsonObject version in versions.OfType<JsonObject>())
        {
            if (Flag(version, "served"))
            {
                kinds.Add(Served(spec, names, version));
            }
        }

        return kinds.ToImmutable();
    }

    private static ServedKind Served(JsonObject spec, JsonObject names, JsonObject version)
    {
        string group = Text(spec, "group");
        string name = Text(version, "name");
        string kind = Text(names, "kind");
        string singular = Text(names, "singular");
        bool namespaced = Text(spec, "scope") == "Namespaced";
        return new ServedKind(
            group,
            name,
            kind,
            Text(names, "plural"),
            singular.Length > 0 ? singular : kind.ToLowerInvariant(),
            namespaced,
            StructuralSchema.Of(group, name, kind, namespaced, version["schema"]?["openAPIV3Schema"] as JsonObject))
        {
            ShortNames = Words(names, "shortNames"),
            Categories = Words(names, "categories"),
            HasStatus = version["subresources"] is JsonObject subresources && subresources["status"] is not null,
            HasGeneration = true,
            NeedsVersion = true,
            SelectableFields = version["selectableFields"] is JsonArray fields ? [.. fields.OfType<JsonObject>().Select(field => Text(field, "jsonPath").TrimStart('.'))] : [],
            Scale = version["subresources"]?["scale"] is JsonObject scale ? new ScalePaths(Text(scale, "specReplicasPath"), Text(scale, "statusReplicasPath"), Text(scale, "labelSelectorPath")) : null,
            IsStorage = Flag(version, "storage"),
            Columns = CustomColumns.Of(version["additionalPrinterColumns"] as JsonArray),
        };
    }

    private static string Text(JsonObject item, string field) =>
        item[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static bool Flag(JsonObject item, string field) =>
        item[field] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    private static ImmutableArray<string> Words(JsonObject item, string field) =>
        item[field] is JsonArray list ? [.. list.Select(word => word?.ToString() ?? "")] : [];
}
