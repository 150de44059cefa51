using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster;

/// <summary>Where kinds come from.</summary>
internal static class DefinedKinds
{
    public static IReadOnlyList<ServedKind> BuiltIn => BuiltInKinds.All;

    /// <summary>The kinds of a CustomResourceDefinition, version by version.</summary>
    public static IReadOnlyList<ServedKind> Of(JsonObject definition) => CustomKinds.From(definition);
}
