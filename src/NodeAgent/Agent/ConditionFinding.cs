using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>A condition that is not as its owner would wish.</summary>
/// <param name="Subject"><c>Kind NS/NAME</c>, with the listener or parent that it is about.</param>
internal sealed record ConditionFinding(string Subject, string Type, string Status, string Reason, string Message)
{
    /// <summary>Conditions whose good state is False (Gateway API: those that name a fault).</summary>
    private static readonly HashSet<string> Faults =
        new(
            ["Conflicted", "Detached", "InvalidParameters", "NoSuchBackend", "OverlappingTLSConfig", "PartiallyInvalid"],
            StringComparer.Ordinal);

    private const string LegacyGroup = "networking.x-k8s.io";

    public static bool IsFault(string type) => Faults.Contains(type);

    public static bool IsGood(string type, string status) => status == (IsFault(type) ? "False" : "True");

    public override string ToString() => $"{Subject}: {Type}={Status} ({Reason}): {Message}";

    public static IEnumerable<ConditionFinding> In(IEnumerable<ObjectStatus> statuses)
    {
        foreach (ObjectStatus status in statuses)
        {
            string kind = KindName(status.Kind, status.ApiVersion);
            string subject = status.Namespace.Length > 0 ? $"{kind} {status.Namespace}/{status.Name}" : $"{kind} {status.Name}";
            IEnumerable<ConditionFinding> findings = Of(subject, status.Status["conditions"]);
            foreach (JsonNode? listener in status.Status["listeners"] as JsonArray ?? [])
            {
                findings = findings.Concat(Of($"{subject} listener {ListenerName(listener!)}", listener!["conditions"]));
            }

            foreach (JsonNode? parent in status.Status["parents"] as JsonArray ?? [])
            {
                findings = findings.Concat(Of($"{subject} parent {ParentName(parent!["parentRef"]!)}", parent["conditions"]));
            }

            foreach (JsonNode? gateway in status.Status["gateways"] as JsonArray ?? [])
            {
                findings = findings.Concat(Of($"{subject} gateway {ParentName(gateway!["gatewayRef"]!)}", gateway["conditions"]));
            }

            foreach (ConditionFinding finding in findings)
            {
                yield return finding;
            }
        }
    }

    /// <summary>With the group where that is the original Service APIs', whose kinds are called as today's.</summary>
    public static string KindName(string kind, string apiVersion) =>
        apiVersion.StartsWith(LegacyGroup, StringComparison.Ordinal) ? $"{kind}.{LegacyGroup}" : kind;

    /// <summary>Those of the original Service APIs have no name but their port.</summary>
    public static string ListenerName(JsonNode listener) => $"{listener["name"] ?? listener["port"]}";

    /// <summary><c>[NS/]NAME[/SECTION][:PORT]</c></summary>
    public static string ParentName(JsonNode parentRef)
    {
        string name = parentRef["namespace"] is JsonNode ns ? $"{ns}/{parentRef["name"]}" : $"{parentRef["name"]}";
        name = parentRef["sectionName"] is JsonNode section ? $"{name}/{section}" : name;
        return parentRef["port"] is JsonNode port ? $"{name}:{port}" : name;
    }

    /// <summary>
    /// Of one owner; Programmed follows from Accepted, so it is a finding of its own only when that is good. The same
    /// holds of Ready, in the words of the original Service APIs.
    /// </summary>
    private static IEnumerable<ConditionFinding> Of(string subject, JsonNode? conditions)
    {
        List<ConditionFinding> findings = [];
        foreach (JsonNode? condition in conditions as JsonArray ?? [])
        {
            var finding = new ConditionFinding(
                subject, $"{condition!["type"]}", $"{condition["status"]}", $"{condition["reason"]}", $"{condition["message"]}");
            if (!IsGood(finding.Type, finding.Status))
            {
                findings.Add(finding);
            }
        }

        bool refused = findings.Exists(f => f.Type is "Accepted" or "Conflicted" or "Detached" or "Scheduled");
        return findings.Where(f => !refused || f.Type is not ("Programmed" or "Ready"));
    }
}
