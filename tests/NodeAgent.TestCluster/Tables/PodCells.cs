using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;
using static NodeAgent.TestCluster.Tables.CommonColumns;

namespace NodeAgent.TestCluster.Tables;

internal static class PodCells
{
    public static JsonNode Ready(JsonObject pod)
    {
        int ready = Statuses(pod).Count(status => status?["ready"]?.GetValueKind() == JsonValueKind.True);
        return $"{ready}/{(pod["spec"]?["containers"] as JsonArray)?.Count ?? 0}";
    }

    /// <summary>Why it is not running, where something says so, or else its phase.</summary>
    public static JsonNode Status(JsonObject pod)
    {
        if (pod["metadata"]?["deletionTimestamp"] is not null)
        {
            return "Terminating";
        }

        string reason = Statuses(pod)
            .Select(status => Text(status?["state"]?["waiting"] ?? status?["state"]?["terminated"], "reason"))
            .LastOrDefault(text => text.Length > 0) ?? Text(pod["status"], "reason");
        return reason.Length > 0 ? reason : Text(pod["status"], "phase");
    }

    public static JsonNode Restarts(JsonObject pod) =>
        Statuses(pod).Sum(status => JsonNumber.TryRead(status?["restartCount"], out JsonNumber number) ? number.AsLong : 0)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonArray Statuses(JsonObject pod) => pod["status"]?["containerStatuses"] as JsonArray ?? [];
}
