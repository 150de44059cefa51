using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>matches[].extensionRef: conditions of kinds of their own. A match with one we do not know never holds.</summary>
internal static class MatchExtensions
{
    public static bool IsKnown(ObjectReference extension) => extension is { Group: Groups.NodeAgent, Kind: "HTTPMatch" };

    public static Problem Unknown(ObjectReference extension, string field) => new(
        Reasons.InvalidKind,
        $"{field} {extension.Kind} {extension.Name}: no such kind of match is served, the match never holds")
    {
        Field = field,
    };
}
