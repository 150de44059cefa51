using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster;

/// <summary>Where kinds come from.</summary>
internal static class DefinedKinds
{
    public static IReadOnlyList<ServedKind> BuiltIn => FallbackKinds.BuiltIn;

    /// <summary>The kinds of a CustomResourceDefinition, version by version.</summary>
    public static IReadOnlyList<ServedKind> Of(JsonObject definition) => FallbackKinds.OfDefinition(definition);
}
