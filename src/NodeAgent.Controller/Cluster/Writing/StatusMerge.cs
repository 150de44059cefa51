using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// What becomes of the status that an object has when ours is written into it. Only what is ours changes: of lists that
/// controllers share our entries, of conditions our types, and the fields that the owner of such an object writes.
/// </summary>
internal static class StatusMerge
{
    /// <summary>Lists with an entry for each controller, which says whose it is, and what the API takes of them.</summary>
    private static readonly (string List, string Reference, int Max)[] Shared =
    [
        ("parents", "parentRef", 32),
        ("ancestors", "ancestorRef", 16),
    ];

    /// <summary>The list of the original Service APIs, whose entries do not say whose they are.</summary>
    private const string LegacyList = "gateways";

    private const string LegacyReference = "gatewayRef";

    private const int MaxLegacy = 100;

    public const string LegacyGroup = "networking.x-k8s.io";

    /// <summary>Fields that nobody but the controller of such an object writes: without a value of ours there is none.</summary>
    private static readonly string[] Fields = ["addresses", "attachedListenerSets", "listeners", "supportedFeatures"];

    private static readonly HashSet<string> Types = new(
        [
            "Accepted", "Conflicted", "InsecureFrontendValidationMode", "OverlappingTLSConfig", "PartiallyInvalid", "Programmed", "ResolvedRefs",
            "SupportedVersion",
        ],
        StringComparer.Ordinal);

    private static readonly HashSet<string> LegacyTypes = new(
        ["Admitted", "Conflicted", "Detached", "InvalidParameters", "NoSuchBackend", "PartiallyInvalid", "Ready", "ResolvedRefs", "Scheduled"],
        StringComparer.Ordinal);

    /// <param name="current">Null when there is none yet. Not changed.</param>
    /// <param name="wanted">Null to take back what we said in lists that are shared. Not changed.</param>
    /// <param name="isOurEntry">Of an entry about a Gateway of the original API: whether it is ours.</param>
    public static JsonObject Merge(
        string group, JsonObject? current, JsonObject? wanted, Func<JsonObject, bool> isOurEntry, string now)
    {
        JsonObject merged = (JsonObject?)current?.DeepClone() ?? [];
        foreach ((string list, string reference, int max) in Shared)
        {
            MergeEntries(merged, wanted, list, reference, max, e => ConditionMerge.Text(e, "controllerName") == GatewayTranslator.ControllerName, now);
        }

        if (group == LegacyGroup)
        {
            MergeEntries(merged, wanted, LegacyList, LegacyReference, MaxLegacy, isOurEntry, now);
        }

        if (wanted is null)
        {
            return merged;
        }

        Func<string, bool> isOurs = TypesOf(group);
        foreach (string field in Fields)
        {
            if (field == "listeners" && wanted[field] is JsonArray listeners)
            {
                merged[field] = MergeListeners(current?[field] as JsonArray, listeners, isOurs, now);
            }
            else if (wanted[field] is JsonNode value)
            {
                merged[field] = value.DeepClone();
            }
            else
            {
                merged.Remove(field);
            }
        }

        if (wanted["conditions"] is JsonArray conditions)
        {
            merged["conditions"] = ConditionMerge.Merge(current?["conditions"] as JsonArray, conditions, isOurs, now);
        }

        return merged;
    }

    /// <summary>Whether a type of condition is ours where an object's conditions belong to several.</summary>
    public static Func<string, bool> TypesOf(string group) => type =>
        (group == LegacyGroup ? LegacyTypes : Types).Contains(type) || type.StartsWith("nodeagent.dev/", StringComparison.Ordinal);

    /// <summary>The conditions that are ours, with what they are about: empty for the object, else a listener or a reference.</summary>
    public static IEnumerable<(string Part, JsonObject Condition)> Ours(string group, JsonObject status, Func<JsonObject, bool> isOurEntry)
    {
        Func<string, bool> isOurs = TypesOf(group);
        foreach (JsonObject condition in ConditionsOf(status).Where(c => isOurs(ConditionMerge.TypeOf(c))))
        {
            yield return ("", condition);
        }

        foreach (JsonObject listener in EntriesOf(status, "listeners"))
        {
            foreach (JsonObject condition in ConditionsOf(listener).Where(c => isOurs(ConditionMerge.TypeOf(c))))
            {
                yield return ($"listener {KeyOf(listener)}", condition);
            }
        }

        foreach ((string list, string reference) in
            Shared.Select(s => (s.List, s.Reference)).Append((LegacyList, LegacyReference)))
        {
            foreach (JsonObject entry in EntriesOf(status, list))
            {
                bool ours = list == LegacyList
                    ? group == LegacyGroup && isOurEntry(entry)
                    : ConditionMerge.Text(entry, "controllerName") == GatewayTranslator.ControllerName;
                foreach (JsonObject condition in ours ? ConditionsOf(entry) : [])
                {
                    yield return (Describe(entry[reference]), condition);
                }
            }
        }
    }

    /// <summary>Whether a status, as JSON, may have entries of ours in the lists that are shared; a look at it in full says for sure.</summary>
    public static bool MayHaveOurs(string group, ReadOnlySpan<byte> status) =>
        status.IndexOf(group == LegacyGroup ? "\"gateways\""u8 : "\"nodeagent.dev/gateway-controller\""u8) >= 0;

    /// <summary>Those of others keep their places; ours are exchanged where they are, and new ones come last.</summary>
    private static void MergeEntries(
        JsonObject merged, JsonObject? wanted, string list, string reference, int max, Func<JsonObject, bool> isOurs, string now)
    {
        if (merged[list] is not JsonArray current)
        {
            if (wanted?[list] is not JsonArray)
            {
                return;
            }

            current = [];
        }

        List<JsonObject> left = [.. EntriesOf(wanted, list)];
        var entries = new List<JsonObject>();
        foreach (JsonObject old in current.OfType<JsonObject>())
        {
            if (!isOurs(old))
            {
                entries.Add((JsonObject)old.DeepClone());
            }
            else if (left.FindIndex(n => JsonNode.DeepEquals(n[reference], old[reference])) is int at and >= 0)
            {
                entries.Add(Entry(old, left[at], now));
                left.RemoveAt(at);
            }
        }

        entries.AddRange(left.Take(Math.Max(0, max - entries.Count)).Select(n => Entry(null, n, now)));
        merged[list] = new JsonArray([.. entries]);
    }

    private static JsonObject Entry(JsonObject? old, JsonObject wanted, string now)
    {
        var entry = (JsonObject)wanted.DeepClone();
        entry["conditions"] = ConditionMerge.Merge(old?["conditions"] as JsonArray, wanted["conditions"] as JsonArray ?? [], _ => true, now);
        return entry;
    }

    private static JsonArray MergeListeners(JsonArray? current, JsonArray wanted, Func<string, bool> isOurs, string now)
    {
        var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonObject listener in (current ?? []).OfType<JsonObject>())
        {
            known.TryAdd(KeyOf(listener), listener);
        }

        var merged = new JsonArray();
        foreach (JsonObject listener in wanted.OfType<JsonObject>())
        {
            var copy = (JsonObject)listener.DeepClone();
            copy["conditions"] = ConditionMerge.Merge(
                known.GetValueOrDefault(KeyOf(listener))?["conditions"] as JsonArray, listener["conditions"] as JsonArray ?? [], isOurs, now);
            merged.Add(copy);
        }

        return merged;
    }

    /// <summary>Listeners of the original Service APIs have ports instead of names.</summary>
    private static string KeyOf(JsonObject listener) =>
        ConditionMerge.Text(listener, "name") is { Length: > 0 } name ? name : listener["port"]?.ToJsonString() ?? "";

    /// <summary>Which Gateway of the original API an entry is about.</summary>
    public static (string Namespace, string Name) GatewayOf(JsonObject entry) =>
        (ConditionMerge.Text(entry[LegacyReference], "namespace"), ConditionMerge.Text(entry[LegacyReference], "name"));

    /// <summary>Whether an entry about a Gateway of the original API says just what a status of ours said of it.</summary>
    public static bool IsSaid(JsonObject entry, JsonObject said) =>
        EntriesOf(said, LegacyList).Any(e => GatewayOf(e) == GatewayOf(entry) && ConditionMerge.SaysSame(ConditionsOf(e), ConditionsOf(entry)));

    private static string Describe(JsonNode? reference)
    {
        string ns = ConditionMerge.Text(reference, "namespace");
        string kind = ConditionMerge.Text(reference, "kind") is { Length: > 0 } text ? text : "Gateway";
        string section = ConditionMerge.Text(reference, "sectionName");
        return $"{kind} {(ns.Length > 0 ? ns + "/" : "")}{ConditionMerge.Text(reference, "name")}{(section.Length > 0 ? " listener " + section : "")}";
    }

    private static IEnumerable<JsonObject> ConditionsOf(JsonObject owner) => EntriesOf(owner, "conditions");

    private static IEnumerable<JsonObject> EntriesOf(JsonObject? owner, string list) => (owner?[list] as JsonArray ?? []).OfType<JsonObject>();
}
