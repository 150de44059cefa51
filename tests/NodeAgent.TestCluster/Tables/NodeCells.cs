using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using static NodeAgent.TestCluster.Tables.BuiltInColumns;
using static NodeAgent.TestCluster.Tables.CommonColumns;

namespace NodeAgent.TestCluster.Tables;

internal static class NodeCells
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static ImmutableArray<TableColumn> Columns =>
    [
        Name, Column("Status", Status), Column("Roles", Roles), Age, Column("Version", item => Info(item, "kubeletVersion")),
        Wide("Internal-IP", item => Address(item, "InternalIP")), Wide("External-IP", item => Address(item, "ExternalIP")),
        Wide("OS-Image", item => Unknown(Info(item, "osImage"))), Wide("Kernel-Version", item => Unknown(Info(item, "kernelVersion"))),
        Wide("Container-Runtime", item => Unknown(Info(item, "containerRuntimeVersion"))),
    ];

    private static JsonNode Status(JsonObject node)
    {
        JsonNode? ready = (node["status"]?["conditions"] as JsonArray)?.FirstOrDefault(condition => Text(condition, "type") == "Ready");
        string text = ready is null ? "Unknown" : Text(ready, "status") == "True" ? "Ready" : "NotReady";
        return node["spec"]?["unschedulable"]?.GetValueKind() == JsonValueKind.True ? $"{text},SchedulingDisabled" : text;
    }

    private static JsonNode Roles(JsonObject node) =>
        OrNone(string.Join(',', (node["metadata"]?["labels"] as JsonObject ?? [])
            .Select(label => label.Key)
            .Where(key => key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
            .Select(key => key[RolePrefix.Length..])
            .Order(StringComparer.Ordinal)));

    private static string Address(JsonObject node, string type) =>
        OrNone(Text((node["status"]?["addresses"] as JsonArray)?.FirstOrDefault(address => Text(address, "type") == type), "address"));

    private static string Info(JsonObject node, string field) => Text(node["status"]?["nodeInfo"], field);

    private static string Unknown(string text) => text.Length == 0 ? "<unknown>" : text;
}
