using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Ownership;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Writing;

/// <summary>A merge patch that knows lists: items are merged by their key, and directives (<c>$patch</c> and its kin) say what else to do.</summary>
internal static class StrategicMergePatch
{
    private const string Order = "$setElementOrder/";

    private const string Delete = "$deleteFromPrimitiveList/";

    /// <returns>A new tree; null when the patch deletes it.</returns>
    /// <exception cref="ApiRefusal">400: a directive that cannot be.</exception>
    public static JsonNode? Apply(JsonObject? target, JsonObject patch, SchemaNode shape)
    {
        switch (patch.Text("$patch"))
        {
            case "delete":
                return null;
            case "replace":
                return Plain(patch);
            case null or "merge":
                break;
            case { } other:
                throw Refusals.BadRequest($"Unknown patch type: {other}");
        }

        JsonObject made = target?.Copy() ?? [];
        if (patch.List("$retainKeys") is { } retained)
        {
            string[] kept = [.. retained.Select(k => k.AsText() ?? "")];
            foreach (string name in made.Select(f => f.Key).Where(k => !kept.Contains(k)).ToArray())
            {
                made.Remove(name);
            }
        }

        foreach ((string name, JsonNode? value) in patch.Where(f => f.Key.StartsWith(Delete, StringComparison.Ordinal)))
        {
            if (made[name[Delete.Length..]] is JsonArray list && value is JsonArray gone)
            {
                made[name[Delete.Length..]] = new JsonArray([.. list.Where(i => !gone.Any(g => JsonFields.Same(g, i))).Select(i => i?.DeepClone())]);
            }
        }

        foreach ((string name, JsonNode? value) in patch.Where(f => !f.Key.StartsWith('$')))
        {
            JsonNode? merged = Field(made[name], value, TypedTree.FieldShape(shape, name));
            if (merged is null)
            {
                made.Remove(name);
            }
            else
            {
                made[name] = merged;
            }
        }

        foreach ((string name, JsonNode? value) in patch.Where(f => f.Key.StartsWith(Order, StringComparison.Ordinal)))
        {
            string field = name[Order.Length..];
            if (made[field] is JsonArray list && value is JsonArray order)
            {
                made[field] = Ordered(list, order, TypedTree.FieldShape(shape, field));
            }
        }

        return made;
    }

    private static JsonNode? Field(JsonNode? target, JsonNode? patch, SchemaNode shape) => patch switch
    {
        null => null,
        JsonObject changes => Apply(target as JsonObject, changes, shape),
        JsonArray list when shape.Shape == NodeShape.List && shape.ListKind == ListKind.Set => Union(target as JsonArray, list),
        JsonArray list when shape.Shape == NodeShape.List && shape.ListKind == ListKind.Map => Merged(target as JsonArray, list, shape),
        _ => patch.DeepClone(),
    };

    private static JsonArray Union(JsonArray? target, JsonArray added)
    {
        var made = (JsonArray?)target?.DeepClone() ?? [];
        foreach (JsonNode? item in added)
        {
            if (!made.Any(m => JsonFields.Same(m, item)))
            {
                made.Add(item?.DeepClone());
            }
        }

        return made;
    }

    private static JsonArray Merged(JsonArray? target, JsonArray patch, SchemaNode shape)
    {
        if (patch.Any(i => i.Text("$patch") == "replace"))
        {
            return [.. patch.Where(i => i.Text("$patch") != "replace").Select(i => i?.DeepClone())];
        }

        // Patches know one key of a list, the first, even where objects are told apart by more.
        string key = shape.Keys.Length > 0 ? shape.Keys[0] : "name";
        SchemaNode itemShape = shape.Items ?? SchemaNode.Any;
        var made = (JsonArray?)target?.DeepClone() ?? [];
        foreach (JsonObject item in patch.OfType<JsonObject>())
        {
            if (item[key] is not { } value)
            {
                throw Refusals.BadRequest($"map: {JsonText.Text(item)} does not contain declared merge key: {key}");
            }

            int at = IndexOf(made, key, value);
            JsonNode? merged = Apply(at < 0 ? null : made[at] as JsonObject, item, itemShape);
            if (at >= 0 && merged is null)
            {
                made.RemoveAt(at);
            }
            else if (at >= 0)
            {
                made[at] = merged;
            }
            else if (merged is not null)
            {
                made.Add(merged);
            }
        }

        return made;
    }

    private static JsonArray Ordered(JsonArray list, JsonArray order, SchemaNode shape)
    {
        string? key = shape.ListKind == ListKind.Map ? shape.Keys.FirstOrDefault() : null;
        string Name(JsonNode? item) => JsonText.Text(key is null || item is not JsonObject named ? item : named[key]);
        var items = new Dictionary<string, List<JsonNode?>>(StringComparer.Ordinal);
        foreach (JsonNode? item in list)
        {
            if (!items.TryGetValue(Name(item), out List<JsonNode?>? same))
            {
                items[Name(item)] = same = [];
            }

            same.Add(item);
        }

        return [.. TypedMerge.Interleave([.. items.Keys], [.. order.Select(Name).Distinct().Where(items.ContainsKey)]).SelectMany(n => items[n]).Select(i => i?.DeepClone())];
    }

    private static int IndexOf(JsonArray list, string key, JsonNode value)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (JsonFields.Same((list[i] as JsonObject)?[key], value))
            {
                return i;
            }
        }

        return -1;
    }

    private static JsonObject Plain(JsonObject patch)
    {
        JsonObject made = patch.Copy();
        made.Remove("$patch");
        return made;
    }
}
