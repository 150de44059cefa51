using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster;

/// <summary>One version of a kind, as discovery tells it and as requests are served.</summary>
/// <param name="Group">Empty for the core group.</param>
public sealed record ServedKind(string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced, ObjectSchema Schema)
{
    public ImmutableArray<string> ShortNames { get; init; } = [];

    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Writes of the object leave its status alone, and writes of /status leave all else alone.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether spec changes count in metadata.generation; false for kinds without generations (ConfigMap, Secret, Event, Lease, ...).</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Fields that a fieldSelector may name besides those that all kinds have, as <c>spec.color</c>; of custom kinds.</summary>
    public ImmutableArray<string> SelectableFields { get; init; } = [];

    /// <summary>Where its replicas are, for kinds that have a scale.</summary>
    public ScalePaths? Scale { get; init; }

    /// <summary>Whether a PUT must say which version it replaces.</summary>
    public bool NeedsVersion { get; init; }

    /// <summary>Whether a PUT of what is not there creates it.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>The version that is kept; other versions of a kind show the same objects under their apiVersion.</summary>
    public bool IsStorage { get; init; } = true;

    /// <summary>What `kubectl get` shows.</summary>
    public ImmutableArray<TableColumn> Columns { get; init; } = [];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}

/// <summary>Paths of fields, as <c>.spec.replicas</c>.</summary>
/// <param name="Selector">Of a selector, as text or as labels; empty for none.</param>
public sealed record ScalePaths(string Replicas, string StatusReplicas, string Selector);

/// <param name="Type">string, integer, number, boolean or date.</param>
/// <param name="Format">Empty, or <c>name</c> for the name column.</param>
/// <param name="Priority">0 is always shown, above only with -o wide.</param>
/// <param name="Cell">Null shows as &lt;none&gt;.</param>
public sealed record TableColumn(string Name, string Type, string Format, string Description, int Priority, Func<JsonObject, JsonNode?> Cell);
