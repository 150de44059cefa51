using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator;

/// <summary>Reads out of statuses what is not as it should be, each mistake once.</summary>
public static class FindingReader
{
    private const string LegacyGroup = "networking.x-k8s.io";

    /// <summary>Without the fields and mends that only the one who computed the statuses knows.</summary>
    public static IEnumerable<Finding> In(IEnumerable<ObjectStatus> statuses) =>
        statuses.SelectMany(status => Of(status, null, null));

    /// <param name="route">When the status is that of a route that is at hand.</param>
    /// <param name="places">Null when the graph behind the status is not at hand.</param>
    internal static IEnumerable<Finding> Of(ObjectStatus status, RouteObject? route, ConditionPlaces? places)
    {
        if (status.Sound)
        {
            return [];
        }

        JsonObject json = status.Status;
        Finding[] listeners = [.. Items(json["listeners"]).SelectMany((l, i) => Bad($"listener {ListenerName(l)}", $"spec.listeners[{i}]", l["conditions"]))];
        Finding[] parents =
        [
            .. Items(json["parents"])
                .SelectMany(p => Bad($"parent {ParentName(p["parentRef"]!)}", FieldOf(p["parentRef"]!, route), p["conditions"]))
                .Select(f => IsAboutRules(f) ? f with { Part = "" } : f)
                .DistinctBy(f => (f.Condition, f.Field, f.What, f.Part)),
        ];
        Finding[] ancestors = [.. Items(json["ancestors"]).SelectMany(a => Bad($"ancestor {ParentName(a["ancestorRef"]!)}", "", a["conditions"]))];
        Finding[] gateways = [.. Items(json["gateways"]).SelectMany(g => Bad($"gateway {ParentName(g["gatewayRef"]!)}", "", g["conditions"]))];
        Finding[] own = [.. Bad("", "", json["conditions"]).Where(f => listeners.Length == 0 || !IsSumOfListeners(f))];
        // Listeners that wait for their Gateway have nothing wrong with them.
        bool waits = own.Length > 0;
        return [.. own, .. listeners.Where(l => !waits || l.Reason != Reasons.Pending), .. parents, .. ancestors, .. gateways];

        IEnumerable<Finding> Bad(string part, string field, JsonNode? conditions)
        {
            Condition[] bad =
            [
                .. Items(conditions)
                    .Select(c => new Condition($"{c["type"]}", $"{c["status"]}", $"{c["reason"]}", $"{c["message"]}", 0))
                    .Where(c => !ConditionMeaning.IsGood(c.Type, c.Status)),
            ];
            return bad.Where(c => !FollowsFromAnother(c, bad)).SelectMany(c => Findings(c, part, field));
        }

        IEnumerable<Finding> Findings(Condition condition, string part, string field)
        {
            ImmutableArray<Problem> problems = places?.Of(status, condition.Type, condition.Message) ?? [];
            problems = problems.IsEmpty ? [new Problem(condition.Reason, condition.Message)] : problems;
            return problems.Select(problem => new Finding(
                GroupOf(status.ApiVersion),
                status.Kind,
                status.Namespace,
                status.Name,
                part,
                problem.Field ?? Mends.FieldOf(condition.Type, problem.Reason, status.Kind) ?? field,
                condition.Type,
                condition.Status,
                problem.Reason,
                problem.Message,
                problem.Mend ?? Mends.Of(problem.Reason)));
        }
    }

    /// <summary>Then it is wrong for each parent of the route, and told once.</summary>
    private static bool IsAboutRules(Finding finding) => finding.Field.StartsWith("spec.rules", StringComparison.Ordinal);

    /// <summary>With the group where that is the original Service APIs', whose kinds are called as today's.</summary>
    /// <param name="group">Or an apiVersion.</param>
    public static string KindName(string kind, string group) =>
        group.StartsWith(LegacyGroup, StringComparison.Ordinal) ? $"{kind}.{LegacyGroup}" : kind;

    /// <summary>Those of the original Service APIs have no name but their port.</summary>
    public static string ListenerName(JsonNode listener) => $"{listener["name"] ?? listener["port"]}";

    /// <summary><c>[NS/]NAME[/SECTION][:PORT]</c></summary>
    public static string ParentName(JsonNode parentRef)
    {
        string name = parentRef["namespace"] is JsonNode ns ? $"{ns}/{parentRef["name"]}" : $"{parentRef["name"]}";
        name = parentRef["sectionName"] is JsonNode section ? $"{name}/{section}" : name;
        return parentRef["port"] is JsonNode port ? $"{name}:{port}" : name;
    }

    /// <summary>Not programmed (or ready, of old) because refused or unresolved, conflicted and therefore refused: one mistake.</summary>
    private static bool FollowsFromAnother(Condition condition, Condition[] bad) => condition.Type switch
    {
        Conditions.Programmed => bad.Any(b => b.Type is Conditions.Accepted or Conditions.ResolvedRefs),
        "Ready" => bad.Any(b => b.Type is Conditions.Conflicted or "Detached" or "Scheduled"),
        Conditions.Conflicted => bad.Any(b => b.Type == Conditions.Accepted && b.Reason == condition.Reason),
        _ => false,
    };

    private static bool IsSumOfListeners(Finding own) =>
        own.Reason is Reasons.ListenersNotValid or Reasons.ListenersNotResolved
        || (own.Condition == Conditions.Programmed && own.Reason == Reasons.Invalid);

    private static string FieldOf(JsonNode reference, RouteObject? route)
    {
        for (int i = 0; i < route?.ParentRefs.Length; i++)
        {
            if (IsSame(route.ParentRefs[i], reference, route.Meta.Namespace))
            {
                return $"spec.parentRefs[{i}]";
            }
        }

        return "";
    }

    private static bool IsSame(ParentRef parent, JsonNode reference, string routeNamespace) =>
        parent.Kind == $"{reference["kind"]}"
        && parent.Name == $"{reference["name"]}"
        && (parent.Namespace ?? routeNamespace) == (reference["namespace"]?.ToString() ?? routeNamespace)
        && (parent.SectionName ?? "") == (reference["sectionName"]?.ToString() ?? "")
        && (parent.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "") == (reference["port"]?.ToString() ?? "");

    /// <summary><c>NS/NAME</c>, or NAME for cluster-scoped kinds.</summary>
    internal static string KeyOf(ObjectStatus status) =>
        status.Namespace.Length == 0 ? status.Name : $"{status.Namespace}/{status.Name}";

    internal static string GroupOf(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is int slash and >= 0 ? apiVersion[..slash] : "";

    private static IEnumerable<JsonNode> Items(JsonNode? list) => (list as JsonArray ?? []).Select(i => i!);
}
