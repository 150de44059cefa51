using System.Collections.Immutable;
using NodeAgent.Translator.Graph.Tracking;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy;

/// <summary>An object of the original API, what it was last converted to and what was told about it.</summary>
internal sealed class LegacyEntry(LegacyObject source) : TrackedNode
{
    public LegacyObject Source { get; set; } = source;

    public LegacyConversion Conversion { get; set; } = LegacyConversion.None;

    /// <summary>Of a route: listeners, as Gateway key and position, at which references of it lead nowhere.</summary>
    public ImmutableArray<(string Gateway, int Listener)> Degrades { get; set; } = [];

    /// <summary>What was last told about it.</summary>
    public ImmutableArray<StatusKey> Statuses { get; set; } = [];
}
