using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Writing;

/// <summary>The fields of metadata that are the server's.</summary>
internal static class SystemFields
{
    private static readonly string[] Kept = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"];

    /// <summary>RFC 3339 in whole seconds, as all times of metadata.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static void Begin(ServedKind kind, JsonObject item, DateTimeOffset now)
    {
        JsonObject meta = item.EnsureObject("metadata");
        meta["uid"] = Guid.NewGuid().ToString();
        meta["creationTimestamp"] = Time(now);
        meta.Remove("deletionTimestamp");
        meta.Remove("deletionGracePeriodSeconds");
        meta.Remove("selfLink");
        meta.Remove("generation");
        if (kind.HasGeneration)
        {
            meta["generation"] = JsonText.Number(1);
        }
    }

    /// <summary>Takes over what only the server says, and counts the generation if the object's own part changed.</summary>
    public static void Continue(ServedKind kind, JsonObject item, JsonObject before)
    {
        JsonObject meta = item.EnsureObject("metadata");
        JsonObject old = before.Metadata();
        meta["namespace"] = old["namespace"]?.DeepClone();
        if (meta["namespace"] is null)
        {
            meta.Remove("namespace");
        }

        meta["name"] = old["name"]?.DeepClone();
        foreach (string field in Kept)
        {
            if (old[field] is { } value)
            {
                meta[field] = value.DeepClone();
            }
            else
            {
                meta.Remove(field);
            }
        }

        if (kind.HasGeneration && !SameOwnPart(kind, item, before))
        {
            meta["generation"] = JsonText.Number((old.Integer("generation") ?? 0) + 1);
        }
    }

    /// <summary>Whether all but metadata, and the status where that is written apart, is equal.</summary>
    private static bool SameOwnPart(ServedKind kind, JsonObject one, JsonObject other)
    {
        bool Counts(string field) => field is not ("metadata" or "apiVersion" or "kind") && !(field == "status" && kind.HasStatus);
        return one.Where(f => Counts(f.Key)).All(f => JsonFields.Same(f.Value, other[f.Key]))
            && other.Where(f => Counts(f.Key)).All(f => f.Value is null || one.ContainsKey(f.Key));
    }
}
