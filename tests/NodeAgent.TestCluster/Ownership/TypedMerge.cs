using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>Merges and cuts objects by the shape of their kind, as server-side apply does.</summary>
internal static class TypedMerge
{
    /// <returns>A new tree: what was applied, and of the present what it does not speak of.</returns>
    public static JsonNode? Merge(JsonNode? present, JsonNode? applied, SchemaNode shape)
    {
        if (TypedTree.IsWhole(applied, shape) || present is null || present is JsonObject != applied is JsonObject || present is JsonArray != applied is JsonArray)
        {
            return applied?.DeepClone();
        }

        if (applied is JsonObject item)
        {
            var old = (JsonObject)present;
            var made = new JsonObject();
            foreach ((string name, JsonNode? value) in old)
            {
                made[name] = item.ContainsKey(name) ? Merge(value, item[name], TypedTree.FieldShape(shape, name)) : value?.DeepClone();
            }

            foreach ((string name, JsonNode? value) in item)
            {
                if (!old.ContainsKey(name))
                {
                    made[name] = value?.DeepClone();
                }
            }

            return made;
        }

        Dictionary<string, JsonNode?> olds = TypedTree.Items((JsonArray)present, shape);
        Dictionary<string, JsonNode?> items = TypedTree.Items((JsonArray)applied!, shape);
        var list = new JsonArray();
        foreach (string step in Interleave([.. olds.Keys], [.. items.Keys]))
        {
            list.Add(!items.TryGetValue(step, out JsonNode? wanted) ? olds[step]?.DeepClone()
                : olds.TryGetValue(step, out JsonNode? old) ? Merge(old, wanted, shape.Items ?? SchemaNode.Any)
                : wanted?.DeepClone());
        }

        return list;
    }

    /// <summary>One order of two lists: that of the wanted one, and what only the present one has stays behind what it stood behind.</summary>
    public static IEnumerable<string> Interleave(IReadOnlyList<string> present, IReadOnlyList<string> wanted)
    {
        var inWanted = wanted.ToHashSet(StringComparer.Ordinal);
        int next = 0;
        foreach (string step in present)
        {
            if (!inWanted.Contains(step))
            {
                yield return step;
                continue;
            }

            // All that is wanted up to and with this one; nothing when it was told already.
            int at = IndexOf(wanted, step);
            for (; next <= at; next++)
            {
                yield return wanted[next];
            }
        }

        for (; next < wanted.Count; next++)
        {
            yield return wanted[next];
        }
    }

    /// <summary>Removes fields, in place, unless someone still owns them or something in them.</summary>
    /// <returns>Whether anything is left of the value.</returns>
    public static bool Cut(JsonNode? value, SchemaNode shape, FieldSet gone, FieldSet? owned)
    {
        if (value is JsonObject item && !shape.Atomic)
        {
            foreach ((string step, FieldSet below) in gone.Children)
            {
                string name = step[2..];
                if (item.ContainsKey(name) && !Left(item[name], TypedTree.FieldShape(shape, name), below, owned?.At(step)))
                {
                    item.Remove(name);
                }
            }

            return item.Count > 0;
        }

        if (value is JsonArray list && !TypedTree.IsWhole(value, shape))
        {
            for (int i = list.Count - 1; i >= 0; i--)
            {
                string step = TypedTree.ItemStep(list[i], shape);
                if (gone.At(step) is { } below && !Left(list[i], shape.Items ?? SchemaNode.Any, below, owned?.At(step)))
                {
                    list.RemoveAt(i);
                }
            }

            return list.Count > 0;
        }

        return true;
    }

    private static bool Left(JsonNode? value, SchemaNode shape, FieldSet gone, FieldSet? owned)
    {
        bool unowned = owned is null || owned.IsEmpty;
        if (gone.IsMember && unowned)
        {
            return false;
        }

        return Cut(value, shape, gone, owned) || !unowned;
    }

    private static int IndexOf(IReadOnlyList<string> list, string step)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] == step)
            {
                return i;
            }
        }

        return -1;
    }
}
