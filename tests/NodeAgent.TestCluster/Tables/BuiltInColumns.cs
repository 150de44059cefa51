using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using static NodeAgent.TestCluster.Tables.CommonColumns;

namespace NodeAgent.TestCluster.Tables;

/// <summary>What <c>kubectl get</c> shows of built-in kinds. A priority above 0 shows with -o wide.</summary>
internal static class BuiltInColumns
{
    public static ImmutableArray<TableColumn> Of(string group, string kind) => kind switch
    {
        "Pod" =>
        [
            Name, Column("Ready", PodCells.Ready), Column("Status", PodCells.Status), Column("Restarts", PodCells.Restarts), Age,
            Wide("IP", item => OrNone(Text(item["status"], "podIP"))),
            Wide("Node", item => OrNone(Text(item["spec"], "nodeName"))),
            Wide("Nominated Node", item => OrNone(Text(item["status"], "nominatedNodeName"))),
            Wide("Readiness Gates", _ => "<none>"),
        ],
        "Service" =>
        [
            Name, Column("Type", item => Text(item["spec"], "type")), Column("Cluster-IP", item => OrNone(Text(item["spec"], "clusterIP"))),
            Column("External-IP", NetworkCells.ExternalAddress), Column("Port(s)", NetworkCells.ServicePorts), Age,
            Wide("Selector", item => Pairs(item["spec"]?["selector"])),
        ],
        "Endpoints" => [Name, Column("Endpoints", NetworkCells.Endpoints), Age],
        "EndpointSlice" =>
        [
            Name, Column("AddressType", item => Text(item, "addressType")), Column("Ports", NetworkCells.SlicePorts),
            Column("Endpoints", NetworkCells.SliceAddresses), Age,
        ],
        "NetworkPolicy" => [Name, Column("Pod-Selector", item => Pairs(item["spec"]?["podSelector"]?["matchLabels"])), Age],
        "Secret" => [Name, Column("Type", item => Text(item, "type")), Column("Data", item => Count(item, "data")), Age],
        "ConfigMap" => [Name, Column("Data", item => Sum(item, "data", "binaryData")), Age],
        "ServiceAccount" => [Name, Column("Secrets", item => Count(item, "secrets")), Age],
        "Namespace" => [Name, Column("Status", item => Text(item["status"], "phase")), Age],
        "Lease" => [Name, Column("Holder", item => Text(item["spec"], "holderIdentity")), Age],
        "Node" => NodeCells.Columns,
        "Event" => EventCells.ColumnsOf(group),
        "Deployment" =>
        [
            Name, Column("Ready", item => Of(item, "readyReplicas")), Number("Up-to-date", "status", "updatedReplicas"),
            Number("Available", "status", "availableReplicas"), Age,
            Wide("Containers", item => Containers(item, "name")), Wide("Images", item => Containers(item, "image")),
            Wide("Selector", item => Pairs(item["spec"]?["selector"]?["matchLabels"])),
        ],
        "ReplicaSet" =>
        [
            Name, Number("Desired", "spec", "replicas"), Number("Current", "status", "replicas"), Number("Ready", "status", "readyReplicas"), Age,
            Wide("Containers", item => Containers(item, "name")), Wide("Images", item => Containers(item, "image")),
            Wide("Selector", item => Pairs(item["spec"]?["selector"]?["matchLabels"])),
        ],
        "DaemonSet" =>
        [
            Name, Number("Desired", "status", "desiredNumberScheduled"), Number("Current", "status", "currentNumberScheduled"),
            Number("Ready", "status", "numberReady"), Number("Up-to-date", "status", "updatedNumberScheduled"),
            Number("Available", "status", "numberAvailable"), Column("Node Selector", item => Pairs(item["spec"]?["template"]?["spec"]?["nodeSelector"])), Age,
        ],
        "StatefulSet" => [Name, Column("Ready", item => Of(item, "readyReplicas")), Age],
        "CustomResourceDefinition" or "Role" or "ClusterRole" => [Name, Column("Created At", item => Text(item["metadata"], "creationTimestamp"))],
        "RoleBinding" or "ClusterRoleBinding" => [Name, Column("Role", item => $"{Text(item["roleRef"], "kind")}/{Text(item["roleRef"], "name")}"), Age],
        "PodDisruptionBudget" =>
        [
            Name, Column("Min Available", item => Shown(item["spec"]?["minAvailable"])), Column("Max Unavailable", item => Shown(item["spec"]?["maxUnavailable"])),
            Number("Allowed Disruptions", "status", "disruptionsAllowed"), Age,
        ],
        "Job" => [Name, Column("Completions", item => $"{Shown(item["status"]?["succeeded"], "0")}/{Shown(item["spec"]?["completions"], "1")}"), Age],
        _ => [Name, Age],
    };

    internal static TableColumn Column(string name, Func<JsonObject, JsonNode?> cell) => new(name, "string", "", name, 0, cell);

    internal static TableColumn Wide(string name, Func<JsonObject, JsonNode?> cell) => new(name, "string", "", name, 1, cell);

    internal static string OrNone(string text) => text.Length == 0 ? "<none>" : text;

    /// <summary>a=1,b=2.</summary>
    internal static string Pairs(JsonNode? map) =>
        map is JsonObject { Count: > 0 } item
            ? string.Join(',', item.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
            : "<none>";

    internal static string Shown(JsonNode? value, string absent = "N/A") => value?.ToString() ?? absent;

    private static TableColumn Number(string name, string part, string field) =>
        new(name, "integer", "", name, 0, item => item[part]?[field]?.DeepClone() ?? 0);

    private static JsonNode Count(JsonObject item, string field) => item[field] switch
    {
        JsonObject map => map.Count,
        JsonArray list => list.Count,
        _ => 0,
    };

    private static JsonNode Sum(JsonObject item, params string[] fields) =>
        fields.Sum(field => (item[field] as JsonObject)?.Count ?? 0);

    private static string Of(JsonObject item, string field) =>
        $"{Shown(item["status"]?[field], "0")}/{Shown(item["spec"]?["replicas"], "0")}";

    private static string Containers(JsonObject item, string field) =>
        string.Join(',', (item["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).Select(container => Text(container, field)));

    internal static string Plus(IReadOnlyList<string> all, int shown) => all.Count switch
    {
        0 => "<none>",
        _ when all.Count <= shown => string.Join(',', all),
        _ => string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', all.Take(shown))} + {all.Count - shown} more..."),
    };
}
