using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Defaults of a schema. A default applies only where the object that would hold it is there.</summary>
internal static class StructuralDefaulting
{
    public static void Apply(JsonNode? value, StructuralNode node)
    {
        if (value is JsonObject item)
        {
            ApplyToObject(item, node);
        }
        else if (value is JsonArray list && node.Items is { AnyDefaults: true } or { DefaultValue: not null })
        {
            ApplyToList((JsonArray)value, node.Items!);
        }
    }

    /// <summary>A null where none may be says the same as an absent field.</summary>
    public static void DropNulls(JsonNode? value, StructuralNode node)
    {
        switch (value)
        {
            case JsonObject item:
                List<string>? dropped = null;
                foreach ((string name, JsonNode? child) in item)
                {
                    StructuralNode? of = node.Properties.GetValueOrDefault(name) ?? node.Additional;
                    if (of is null)
                    {
                        continue;
                    }

                    if (child is null)
                    {
                        if (!of.Nullable && of.DefaultValue is null && of.Type != ValueType.Any)
                        {
                            (dropped ??= []).Add(name);
                        }
                    }
                    else if (child is not JsonValue)
                    {
                        DropNulls(child, of);
                    }
                }

                dropped?.ForEach(name => item.Remove(name));
                break;
            case JsonArray list when node.Items is { } items:
                foreach (JsonNode? child in list)
                {
                    DropNulls(child, items);
                }

                break;
        }
    }

    private static void ApplyToObject(JsonObject item, StructuralNode node)
    {
        foreach ((string name, StructuralNode property) in node.Defaulted)
        {
            if (!item.TryGetPropertyValue(name, out JsonNode? present) || present is null && !property.Nullable)
            {
                item[name] = property.DefaultValue!.DeepClone();
            }
        }

        if (!node.AnyDefaults)
        {
            return;
        }

        List<string>? missing = null;
        foreach ((string name, JsonNode? child) in item)
        {
            if (node.Properties.TryGetValue(name, out StructuralNode? property))
            {
                if (property.AnyDefaults)
                {
                    Apply(child, property);
                }
            }
            else if (node.Additional is { } additional)
            {
                if (child is null && !additional.Nullable && additional.DefaultValue is not null)
                {
                    (missing ??= []).Add(name);
                }
                else
                {
                    Apply(child, additional);
                }
            }
        }

        foreach (string name in missing ?? [])
        {
            JsonNode added = node.Additional!.DefaultValue!.DeepClone();
            item[name] = added;
            Apply(added, node.Additional);
        }
    }

    private static void ApplyToList(JsonArray list, StructuralNode items)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i] is null && !items.Nullable && items.DefaultValue is not null)
            {
                list[i] = items.DefaultValue.DeepClone();
            }

            Apply(list[i], items);
        }
    }
}
