using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>
/// A set of fields of an object, as a tree. Steps are those of fieldsV1: <c>f:name</c> a field, <c>k:{"name":"a"}</c> a list item by its keys,
/// <c>v:"a"</c> an item of a set. A node may be a member itself, besides what is below it.
/// </summary>
internal sealed class FieldSet
{
    public bool IsMember { get; set; }

    public SortedDictionary<string, FieldSet> Children { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => !IsMember && Children.Count == 0;

    /// <summary>The node below, made if missing.</summary>
    public FieldSet Below(string step)
    {
        if (!Children.TryGetValue(step, out FieldSet? child))
        {
            Children[step] = child = new FieldSet();
        }

        return child;
    }

    public FieldSet? At(string step) => Children.GetValueOrDefault(step);

    /// <summary>Adds all fields of another set to this one.</summary>
    public FieldSet Add(FieldSet other)
    {
        IsMember |= other.IsMember;
        foreach ((string step, FieldSet child) in other.Children)
        {
            Below(step).Add(child);
        }

        return this;
    }

    public FieldSet Without(FieldSet other)
    {
        var made = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach ((string step, FieldSet child) in Children)
        {
            FieldSet left = other.At(step) is { } there ? child.Without(there) : child;
            if (!left.IsEmpty)
            {
                made.Children[step] = left;
            }
        }

        return made;
    }

    public FieldSet Shared(FieldSet other)
    {
        var made = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach ((string step, FieldSet child) in Children)
        {
            if (other.At(step) is { } there && child.Shared(there) is { IsEmpty: false } shared)
            {
                made.Children[step] = shared;
            }
        }

        return made;
    }

    public bool SameAs(FieldSet other) =>
        IsMember == other.IsMember && Children.Count == other.Children.Count
        && Children.All(c => other.At(c.Key) is { } there && c.Value.SameAs(there));

    /// <summary>The members as people read them: <c>.spec.ports[port=80].name</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember)
        {
            yield return prefix;
        }

        foreach ((string step, FieldSet child) in Children)
        {
            foreach (string path in child.Paths(prefix + FieldStep.Show(step)))
            {
                yield return path;
            }
        }
    }

    public JsonObject ToFieldsV1()
    {
        var made = new JsonObject();
        if (IsMember && Children.Count > 0)
        {
            made["."] = new JsonObject();
        }

        foreach ((string step, FieldSet child) in Children)
        {
            made[step] = child.ToFieldsV1();
        }

        return made;
    }

    public static FieldSet FromFieldsV1(JsonObject fields, bool isRoot = true)
    {
        var made = new FieldSet { IsMember = !isRoot && (fields.Count == 0 || fields.ContainsKey(".")) };
        foreach ((string step, JsonNode? child) in fields)
        {
            if (step != "." && child is JsonObject below)
            {
                made.Children[step] = FromFieldsV1(below, isRoot: false);
            }
        }

        return made;
    }
}
