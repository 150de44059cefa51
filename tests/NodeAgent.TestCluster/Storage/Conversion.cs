using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Storage;

/// <summary>One object in another version of its kind.</summary>
internal static class Conversion
{
    /// <summary>Where objects of the kind are kept. Events of both groups are the same objects.</summary>
    public static ResourceId Home(ServedKind kind) => kind is { Group: "events.k8s.io", Plural: "events" } ? new ResourceId("", "events") : new ResourceId(kind.Group, kind.Plural);

    public static JsonObject To(ServedKind kind, JsonObject body)
    {
        JsonObject made = body.Copy();
        string from = body.Text("apiVersion") ?? "";
        made["apiVersion"] = kind.ApiVersion;
        if (kind.Kind == "Event" && from.Length > 0 && kind.Group is "" or "events.k8s.io" && from.Contains('/') != (kind.Group.Length > 0))
        {
            return EventConversion.To(kind.ApiVersion, made);
        }

        kind.Schema.Default(made);
        kind.Schema.Prune(made);
        return made;
    }
}
