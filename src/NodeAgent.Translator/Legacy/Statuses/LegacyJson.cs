using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>Conditions in the shape that the original API shares with today's.</summary>
internal static class LegacyJson
{
    public static JsonObject Condition(string type, bool status, string reason, string message, long generation) => new()
    {
        ["type"] = type,
        ["status"] = status ? "True" : "False",
        ["observedGeneration"] = generation,
        ["reason"] = reason,
        ["message"] = message,
    };
}
