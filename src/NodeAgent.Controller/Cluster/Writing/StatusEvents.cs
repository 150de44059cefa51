using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>Something to be told on an object, for people.</summary>
/// <param name="ApiVersion">Of the object, as are the next four.</param>
/// <param name="Warning">Something is wrong; else something is well again.</param>
/// <param name="Reason">Stable, CamelCase.</param>
/// <param name="Action">Stable, CamelCase: what was tried.</param>
internal sealed record ObjectEvent(
    string ApiVersion, string Kind, string Namespace, string Name, string Uid, bool Warning, string Reason, string Action, string Note);

/// <summary>Which conditions turned bad, or good again, from one status to the next.</summary>
internal static class StatusEvents
{
    /// <summary>Of one write; what else turned stands in the status.</summary>
    private const int Max = 5;

    /// <param name="before">Null when there was none.</param>
    /// <param name="isOurEntry">See <see cref="StatusMerge.Merge"/>.</param>
    public static IEnumerable<(bool Warning, string Reason, string Action, string Note)> Between(
        string group, JsonObject? before, JsonObject after, Func<JsonObject, bool> isOurEntry)
    {
        var known = new Dictionary<(string, string), JsonObject>();
        foreach ((string part, JsonObject condition) in before is null ? [] : StatusMerge.Ours(group, before, isOurEntry))
        {
            known[(part, ConditionMerge.TypeOf(condition))] = condition;
        }

        var events = new List<(bool, string, string, string)>();
        foreach ((string part, JsonObject condition) in StatusMerge.Ours(group, after, isOurEntry))
        {
            string type = ConditionMerge.TypeOf(condition);
            known.Remove((part, type), out JsonObject? old);
            bool good = IsGood(condition);
            string reason = ConditionMerge.Text(condition, "reason");
            bool sameFault = old is not null && !good && !IsGood(old) && ConditionMerge.Text(old, "reason") == reason;
            bool wasBad = old is not null && !IsGood(old) && ConditionMerge.Text(old, "status") != "Unknown";
            if (good ? wasBad : !sameFault)
            {
                events.Add((!good, reason, type, Note(part, type, condition)));
            }
        }

        // A condition that names a fault goes when the fault is mended.
        foreach (((string part, string type), JsonObject old) in known)
        {
            if (ConditionMeaning.IsFault(type) && !IsGood(old))
            {
                events.Add((false, $"Not{type}", type, $"{(part.Length > 0 ? part + ": " : "")}{type} no longer holds"));
            }
        }

        return events.Take(Max);
    }

    private static bool IsGood(JsonObject condition) =>
        ConditionMeaning.IsGood(ConditionMerge.TypeOf(condition), ConditionMerge.Text(condition, "status"));

    private static string Note(string part, string type, JsonObject condition) =>
        $"{(part.Length > 0 ? part + ": " : "")}{type} is {ConditionMerge.Text(condition, "status")}: {ConditionMerge.Text(condition, "message")}";
}
