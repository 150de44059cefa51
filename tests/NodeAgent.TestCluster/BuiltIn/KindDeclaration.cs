using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>A kind as its table says it: the header and the schema of its fields.</summary>
internal sealed record KindDeclaration(string Kind, string ApiVersion, ImmutableArray<string> Options, JsonObject Schema)
{
    public bool Has(string option) => Options.Contains(option);

    /// <returns>What follows <c>name=</c>, empty when it is not said.</returns>
    public string Value(string name) =>
        Options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
}
