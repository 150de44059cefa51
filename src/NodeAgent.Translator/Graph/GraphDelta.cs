using NodeAgent.Snapshot;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph;

/// <summary>What an update of the graph may have changed in its outputs.</summary>
internal sealed class GraphDelta
{
    public bool ClassesChanged { get; set; }

    /// <summary>Keys of Gateways whose status is another, or that are gone.</summary>
    public HashSet<string> Gateways { get; } = new(StringComparer.Ordinal);

    public HashSet<RouteEntry> Routes { get; } = [];

    public HashSet<PolicyEntry> Policies { get; } = [];

    /// <summary>By id; null for those that left the snapshot.</summary>
    public Dictionary<string, Resource?> Resources { get; } = new(StringComparer.Ordinal);

    public void Resource(string id, Resource? resource) => Resources[id] = resource;
}
