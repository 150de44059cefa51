using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Lists whose items are told apart by keys (x-kubernetes-list-type: map) hold each key once.</summary>
internal static class ListKeys
{
    public static void Validate(JsonArray list, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        if (list.Count < 2)
        {
            return;
        }

        HashSet<string> seen = new(list.Count, StringComparer.Ordinal);
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject item)
            {
                continue;
            }

            if (!seen.Add(node.Keys.Length == 1 ? FieldErrors.Show(item[node.Keys[0]]) : FieldErrors.Show(KeysOf(item, node))))
            {
                errors.Add(FieldErrors.Duplicate(path.With(i), KeysOf(item, node)));
            }
        }
    }

    /// <returns>The item with the same keys; null when there is none, or when items are not told apart by keys.</returns>
    public static JsonNode? Counterpart(JsonNode? item, JsonArray? list, StructuralNode node) => node.ListKind != ListKind.Map || list is null || item is not JsonObject
        ? null
        : list.FirstOrDefault(other => other is JsonObject && node.Keys.All(key => JsonNode.DeepEquals(item[key], other[key])));

    private static JsonObject KeysOf(JsonObject item, StructuralNode node)
    {
        JsonObject keys = [];
        foreach (string key in node.Keys)
        {
            if (item[key] is { } value)
            {
                keys[key] = value.DeepClone();
            }
        }

        return keys;
    }
}
