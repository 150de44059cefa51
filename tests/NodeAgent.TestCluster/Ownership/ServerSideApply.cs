using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>Server-side apply: what a manager says is made so and is its own, what it no longer says goes, and nobody else's is touched unasked.</summary>
internal static class ServerSideApply
{
    /// <summary>
    /// 1. Merges; 2. finds whose fields that would change; 3. takes them, if forced; 4. removes what the manager said before and nobody says now.
    /// </summary>
    /// <param name="applied">The manager's whole will. Left alone.</param>
    /// <returns>The object, and its managedFields.</returns>
    /// <exception cref="ApiRefusal">409: conflicts.</exception>
    public static (JsonObject Item, JsonArray Managers) Apply(ServedKind kind, JsonObject present, JsonObject applied, string subresource, WriteOptions options, DateTimeOffset now)
    {
        string time = SystemFields.Time(now);
        var id = new ManagerId(options.Manager, "Apply", kind.ApiVersion, subresource);
        FieldManagers managers = FieldManagers.Of(present);
        managers.Continue(id);
        FieldSet said = managers.Fields(id);
        FieldSet says = ManagedFields.Owned(kind, TypedTree.Fields(applied, kind.Schema.Root), subresource);

        // 1
        var merged = (JsonObject)TypedMerge.Merge(present, applied, kind.Schema.Root)!;

        // 2, 3
        var written = new FieldSet();
        var removed = new FieldSet();
        TypedTree.Compare(present, merged, kind.Schema.Root, written, removed);
        written = ManagedFields.Owned(kind, written, subresource);
        var conflicts = new List<(ManagerId Manager, string Path)>();
        foreach (ManagerId other in managers.Ids.ToArray())
        {
            FieldSet taken = managers.Fields(other).Shared(written);
            if (other != id && !taken.IsEmpty)
            {
                conflicts.AddRange(taken.Paths().Select(p => (other, p)));
                managers.Set(other, managers.Fields(other).Without(taken), time);
            }
        }

        if (conflicts.Count > 0 && !options.Force)
        {
            throw Conflict(conflicts);
        }

        // 4
        managers.Set(id, says, time);
        TypedMerge.Cut(merged, kind.Schema.Root, said.Without(says), managers.OwnedByOthers(id).Add(says));
        return (merged, managers.ToJson());
    }

    private static ApiRefusal Conflict(List<(ManagerId Manager, string Path)> conflicts)
    {
        var causes = new JsonArray([.. conflicts.Select(c => new JsonObject { ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with {c.Manager}", ["field"] = c.Path })]);
        string message = conflicts.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Path}"
            : $"Apply failed with {conflicts.Count} conflicts: " + string.Join("\n", conflicts.GroupBy(c => c.Manager.ToString()).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"conflicts with {g.Key}:\n" + string.Join("\n", g.Select(c => "- " + c.Path))));
        return new ApiRefusal(409, "Conflict", message, new JsonObject { ["causes"] = causes });
    }
}
