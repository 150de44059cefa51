using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>Conditions in the shape that the original API shares with today's.</summary>
internal static class LegacyJson
{
    /// <summary>The CRDs take no more characters in a message.</summary>
    private const int MaxMessage = 32_768;

    public static JsonObject Condition(string type, bool status, string reason, string message, long generation) => new()
    {
        ["type"] = type,
        ["status"] = status ? "True" : "False",
        ["observedGeneration"] = generation,
        ["reason"] = reason,
        ["message"] = message.Length <= MaxMessage ? message : message[..MaxMessage],
    };
}
