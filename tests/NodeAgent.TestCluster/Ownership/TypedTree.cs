using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>Objects read through the shape of their kind: which fields they have, in what two of them differ.</summary>
internal static class TypedTree
{
    /// <summary>Whether a place is owned as a whole.</summary>
    public static bool IsWhole(JsonNode? value, SchemaNode shape) => value switch
    {
        JsonObject => shape.Atomic,
        JsonArray => shape.Shape != NodeShape.List || shape.ListKind == ListKind.Atomic,
        _ => true,
    };

    public static SchemaNode FieldShape(SchemaNode shape, string field) =>
        shape.Fields.TryGetValue(field, out SchemaNode? known) ? known : shape.Shape == NodeShape.Map ? shape.Items ?? SchemaNode.Any : SchemaNode.Any;

    public static string ItemStep(JsonNode? item, SchemaNode list) => list.ListKind == ListKind.Set ? FieldStep.Value(item) : FieldStep.Item(item, list.Keys);

    /// <summary>The fields that a server-side apply of this object owns.</summary>
    public static FieldSet Fields(JsonNode? value, SchemaNode shape)
    {
        var made = new FieldSet();
        Fill(made, value, shape, containers: false);
        return made;
    }

    /// <param name="containers">Whether structs and lists are members besides what is in them.</param>
    public static void Fill(FieldSet set, JsonNode? value, SchemaNode shape, bool containers)
    {
        if (IsWhole(value, shape))
        {
            set.IsMember = true;
            return;
        }

        set.IsMember |= containers;
        if (value is JsonObject item)
        {
            set.IsMember |= item.Count == 0;
            foreach ((string name, JsonNode? field) in item)
            {
                FieldSet below = set.Below(FieldStep.Field(name));
                Fill(below, field, FieldShape(shape, name), containers);
                below.IsMember |= !shape.Fields.ContainsKey(name);
            }
        }
        else if (value is JsonArray list)
        {
            foreach (JsonNode? one in list)
            {
                FieldSet below = set.Below(ItemStep(one, shape));
                Fill(below, one, shape.Items ?? SchemaNode.Any, containers);
                below.IsMember = true;
            }
        }
    }

    /// <summary>In what a version differs from the one before it.</summary>
    /// <param name="written">Gets what was added or changed.</param>
    /// <param name="removed">Gets what is no longer there.</param>
    public static void Compare(JsonNode? before, JsonNode? after, SchemaNode shape, FieldSet written, FieldSet removed)
    {
        bool whole = IsWhole(before, shape) || IsWhole(after, shape) || before is JsonObject != after is JsonObject;
        if (whole)
        {
            written.IsMember |= !JsonFields.Same(before, after);
        }
        else if (before is JsonObject old && after is JsonObject item)
        {
            foreach ((string name, JsonNode? value) in item)
            {
                Step(FieldStep.Field(name), old.ContainsKey(name), old[name], true, value, FieldShape(shape, name), written, removed);
            }

            foreach ((string name, JsonNode? value) in old)
            {
                if (!item.ContainsKey(name))
                {
                    Step(FieldStep.Field(name), true, value, false, null, FieldShape(shape, name), written, removed);
                }
            }
        }
        else
        {
            Dictionary<string, JsonNode?> olds = Items((JsonArray)before!, shape);
            Dictionary<string, JsonNode?> items = Items((JsonArray)after!, shape);
            foreach ((string step, JsonNode? value) in items)
            {
                Step(step, olds.ContainsKey(step), olds.GetValueOrDefault(step), true, value, shape.Items ?? SchemaNode.Any, written, removed);
            }

            foreach ((string step, JsonNode? value) in olds)
            {
                if (!items.ContainsKey(step))
                {
                    Step(step, true, value, false, null, shape.Items ?? SchemaNode.Any, written, removed);
                }
            }
        }
    }

    public static Dictionary<string, JsonNode?> Items(JsonArray list, SchemaNode shape)
    {
        var made = new Dictionary<string, JsonNode?>(list.Count, StringComparer.Ordinal);
        foreach (JsonNode? item in list)
        {
            made[ItemStep(item, shape)] = item;
        }

        return made;
    }

    /// <summary>Finds a list that has an item twice, though its items are told apart by keys or are a set.</summary>
    /// <returns>What is wrong, with its path; null when nothing is.</returns>
    public static string? Duplicate(JsonNode? value, SchemaNode shape, string path)
    {
        if (IsWhole(value, shape))
        {
            return null;
        }

        if (value is JsonObject item)
        {
            return item.Select(f => Duplicate(f.Value, FieldShape(shape, f.Key), $"{path}.{f.Key}")).FirstOrDefault(found => found is not null);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? one in (JsonArray)value!)
        {
            string step = ItemStep(one, shape);
            if (!seen.Add(step))
            {
                return $"{path}: duplicate entries for key {FieldStep.Show(step)}";
            }

            if (Duplicate(one, shape.Items ?? SchemaNode.Any, path + FieldStep.Show(step)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static void Step(string step, bool was, JsonNode? before, bool isThere, JsonNode? after, SchemaNode shape, FieldSet written, FieldSet removed)
    {
        if (was && isThere)
        {
            FieldSet gained = written.At(step) ?? new FieldSet();
            FieldSet lost = removed.At(step) ?? new FieldSet();
            Compare(before, after, shape, gained, lost);
            Keep(written, step, gained);
            Keep(removed, step, lost);
        }
        else
        {
            FieldSet side = (isThere ? written : removed).Below(step);
            Fill(side, isThere ? after : before, shape, containers: true);
            side.IsMember = true;
        }
    }

    private static void Keep(FieldSet set, string step, FieldSet child)
    {
        if (!child.IsEmpty)
        {
            set.Children[step] = child;
        }
    }
}
