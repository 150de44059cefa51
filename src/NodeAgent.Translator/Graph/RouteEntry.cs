using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Tracking;

namespace NodeAgent.Translator.Graph;

/// <summary>A route object and what it was last computed to.</summary>
internal sealed class RouteEntry(RouteObject route) : TrackedNode
{
    public RouteObject Route { get; set; } = route;

    /// <summary>Null when it is none of our business.</summary>
    public RouteNode? Node { get; set; }

    /// <summary>Null when no listener that is served accepted it.</summary>
    public Resource? Resource { get; set; }

    /// <summary>What <see cref="Resource"/> refers to.</summary>
    public ImmutableArray<SnapshotTarget> Targets { get; set; } = [];

    /// <summary>Where it counts as attached: Gateway key and listener position, each once.</summary>
    public ImmutableArray<(string Gateway, int Listener)> Attached { get; set; } = [];

    /// <summary>What it makes which Gateway use, each pair once.</summary>
    public ImmutableArray<(string Subject, string Gateway)> Uses { get; set; } = [];

    /// <summary>What was last told about it.</summary>
    public ImmutableArray<StatusKey> Statuses { get; set; } = [];
}
