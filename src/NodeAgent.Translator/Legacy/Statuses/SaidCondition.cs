using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>A condition that was said of a converted object.</summary>
internal sealed record SaidCondition(string Type, bool True, string Reason, string Message)
{
    /// <param name="owner">A status, or an entry of a list in one, that has conditions.</param>
    public static IEnumerable<SaidCondition> In(JsonNode? owner) => (owner?["conditions"] as JsonArray ?? [])
        .Select(c => new SaidCondition(
            (string)c!["type"]!, (string?)c["status"] == "True", (string)c["reason"]!, (string)c["message"]!));

    public static SaidCondition? Find(JsonNode? owner, string type) => In(owner).FirstOrDefault(c => c.Type == type);
}
