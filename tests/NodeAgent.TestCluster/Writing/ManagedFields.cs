using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Who owns which fields of an object (metadata.managedFields).</summary>
internal static class ManagedFields
{
    /// <summary>Notes that a manager wrote an object in another way than by server-side apply.</summary>
    public static void Updated(ServedKind kind, JsonObject next, JsonObject? before, string manager, string subresource, DateTimeOffset now)
    {
        _ = (kind, next, before, manager, subresource, now);
    }

    /// <summary>Whether two versions differ in nothing that is worth a write.</summary>
    public static bool SameObject(JsonObject one, JsonObject other) => JsonFields.Same(one, other);
}
