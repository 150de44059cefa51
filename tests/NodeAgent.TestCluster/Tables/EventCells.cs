using System.Collections.Immutable;
using System.Text.Json.Nodes;
using static NodeAgent.TestCluster.Tables.BuiltInColumns;
using static NodeAgent.TestCluster.Tables.CommonColumns;

namespace NodeAgent.TestCluster.Tables;

/// <summary>Events of both groups say the same under different names.</summary>
internal static class EventCells
{
    public static ImmutableArray<TableColumn> ColumnsOf(string group)
    {
        bool core = group.Length == 0;
        return
        [
            new TableColumn("Last Seen", "date", "", "When it was last seen.", 0, LastSeen),
            Column("Type", item => Text(item, "type")),
            Column("Reason", item => Text(item, "reason")),
            Column("Object", item => Regarding(item[core ? "involvedObject" : "regarding"])),
            Wide("Subobject", item => Text(item[core ? "involvedObject" : "regarding"], "fieldPath")),
            Wide("Source", item => core && Text(item["source"], "component") is { Length: > 0 } source ? source : Text(item, core ? "reportingComponent" : "reportingController")),
            Column("Message", item => Text(item, core ? "message" : "note").Trim()),
            new TableColumn("First Seen", "date", "", "When it was first seen.", 1, FirstSeen),
            Wide("Count", item => (item["series"]?["count"] ?? item[core ? "count" : "deprecatedCount"])?.ToString() ?? "1"),
            Name with { Priority = 1 },
        ];
    }

    private static string Regarding(JsonNode? reference) => $"{Text(reference, "kind").ToLowerInvariant()}/{Text(reference, "name")}";

    private static JsonNode? LastSeen(JsonObject item) =>
        First(item["series"]?["lastObservedTime"], item["lastTimestamp"], item["deprecatedLastTimestamp"], item["eventTime"]);

    private static JsonNode? FirstSeen(JsonObject item) =>
        First(item["firstTimestamp"], item["deprecatedFirstTimestamp"], item["eventTime"]);

    private static JsonNode? First(params JsonNode?[] times) => times.FirstOrDefault(time => time is not null)?.DeepClone();
}
