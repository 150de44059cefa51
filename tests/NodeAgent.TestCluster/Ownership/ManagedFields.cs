using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>Keeps metadata.managedFields true at each write.</summary>
internal static class ManagedFields
{
    /// <summary>Fields of metadata that nobody owns: they are the server's, or the object's identity.</summary>
    private static readonly string[] Unowned =
    [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "clusterName",
    ];

    /// <summary>Notes that a manager wrote an object in another way than by server-side apply.</summary>
    /// <param name="next">The object with the ownership that was before; gets the one that is now.</param>
    public static void Updated(ServedKind kind, JsonObject next, JsonObject? before, string manager, string subresource, DateTimeOffset now)
    {
        var written = new FieldSet();
        var removed = new FieldSet();
        TypedTree.Compare(before ?? [], next, kind.Schema.Root, written, removed);
        written = Owned(kind, written, subresource);
        removed = Owned(kind, removed, subresource);
        if (written.IsEmpty && removed.IsEmpty)
        {
            return;
        }

        FieldManagers managers = FieldManagers.Of(next);
        managers.Wrote(new ManagerId(manager, "Update", kind.ApiVersion, subresource), written, removed, SystemFields.Time(now));
        next.EnsureObject("metadata")["managedFields"] = managers.ToJson();
    }

    /// <summary>The ownership that a write goes out from: what the client sends, if it does; else what there is. A list of nothing takes ownership from all.</summary>
    /// <param name="meta">Of the object as asked for.</param>
    /// <returns>A copy; null for none.</returns>
    public static JsonArray? Base(JsonObject meta, JsonObject before) => meta["managedFields"] switch
    {
        JsonArray { Count: 0 } or JsonArray { Count: 1 } and [JsonObject { Count: 0 }] => null,
        JsonArray given when given.All(e => e.Text("manager") is not null && e.Object("fieldsV1") is not null) => (JsonArray)given.DeepClone(),
        _ => (JsonArray?)before.Metadata().List("managedFields")?.DeepClone(),
    };

    /// <summary>The part of a set that can be owned: no identity, and only one side of the status.</summary>
    public static FieldSet Owned(ServedKind kind, FieldSet fields, string subresource)
    {
        var made = new FieldSet();
        foreach ((string step, FieldSet child) in fields.Children)
        {
            if (step is "f:apiVersion" or "f:kind" || (kind.HasStatus && (step == "f:status") != (subresource == "status")))
            {
                continue;
            }

            if (step != "f:metadata")
            {
                made.Children[step] = child;
                continue;
            }

            var meta = new FieldSet();
            foreach ((string field, FieldSet below) in child.Children)
            {
                if (!Unowned.Contains(field[2..]))
                {
                    meta.Children[field] = below;
                }
            }

            if (!meta.IsEmpty)
            {
                made.Children[step] = meta;
            }
        }

        return made;
    }

    /// <summary>Whether two versions differ in nothing that is worth a write; times of ownership alone are not.</summary>
    public static bool SameObject(JsonObject one, JsonObject other) =>
        SameFields(one, other, "metadata")
        && one["metadata"] is JsonObject meta && other["metadata"] is JsonObject otherMeta
        && SameFields(meta, otherMeta, "managedFields")
        && SameOwnership(meta.List("managedFields"), otherMeta.List("managedFields"));

    private static bool SameFields(JsonObject one, JsonObject other, string except) =>
        one.All(f => f.Key == except || (JsonFields.Same(f.Value, other[f.Key]) && other.ContainsKey(f.Key)))
        && other.All(f => f.Key == except || one.ContainsKey(f.Key));

    private static bool SameOwnership(JsonArray? one, JsonArray? other)
    {
        int count = one?.Count ?? 0;
        if (count != (other?.Count ?? 0))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (one![i] is not JsonObject entry || other![i] is not JsonObject otherEntry || !SameFields(entry, otherEntry, "time"))
            {
                return false;
            }
        }

        return true;
    }
}
