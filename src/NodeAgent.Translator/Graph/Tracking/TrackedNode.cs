namespace NodeAgent.Translator.Graph.Tracking;

/// <summary>A computed part of the graph that remembers what it read, so that it is computed anew only when that changed.</summary>
internal abstract class TrackedNode
{
    public ReadKey[] Reads { get; set; } = [];
}
