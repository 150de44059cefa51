using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Removes what a schema does not know.</summary>
internal static class StructuralPruning
{
    public static void Apply(JsonNode? value, StructuralNode node, FieldPath path, ref List<string>? removed)
    {
        switch (value)
        {
            case JsonObject item:
                PruneObject(item, node, path, ref removed);
                break;
            case JsonArray list when node.Items is { } items:
                for (int i = 0; i < list.Count; i++)
                {
                    if (list[i] is JsonObject or JsonArray)
                    {
                        path.Push(i);
                        Apply(list[i], items, path, ref removed);
                        path.Pop();
                    }
                }

                break;
        }
    }

    private static void PruneObject(JsonObject item, StructuralNode node, FieldPath path, ref List<string>? removed)
    {
        List<string>? unknown = null;
        foreach ((string name, JsonNode? child) in item)
        {
            StructuralNode? of = node.Properties.GetValueOrDefault(name) ?? node.Additional;
            if (of is not null)
            {
                if (child is JsonObject or JsonArray)
                {
                    path.Push(name);
                    Apply(child, of, path, ref removed);
                    path.Pop();
                }
            }
            else if (!node.PreserveUnknown && !node.AnyAdditional && !(node.Embedded && name is "apiVersion" or "kind" or "metadata"))
            {
                (unknown ??= []).Add(name);
            }
        }

        foreach (string name in unknown ?? [])
        {
            item.Remove(name);
            (removed ??= []).Add(path.With(name));
        }
    }
}
