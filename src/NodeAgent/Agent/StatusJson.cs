using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>Statuses as kubectl would show them: a list of objects with nothing but identity and status.</summary>
internal static class StatusJson
{
    public static JsonArray Of(IEnumerable<ObjectStatus> statuses) => [.. statuses.Select(Of)];

    private static JsonObject Of(ObjectStatus status)
    {
        var metadata = new JsonObject();
        if (status.Namespace.Length > 0)
        {
            metadata["namespace"] = status.Namespace;
        }

        metadata["name"] = status.Name;
        metadata["generation"] = status.Generation;
        return new JsonObject
        {
            ["apiVersion"] = status.ApiVersion,
            ["kind"] = status.Kind,
            ["metadata"] = metadata,
            ["status"] = status.Status.DeepClone(),
        };
    }
}
