using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>What the manifests say, and where they are wrong.</summary>
/// <param name="Objects">
/// Each kind/namespace/name once. What did not change since the read before is the same reference.
/// </param>
/// <param name="Problems">By file and line.</param>
/// <param name="Ignored">Kinds that are not read, each once.</param>
public sealed record ManifestRead(
    ImmutableArray<ApiObject> Objects,
    ImmutableArray<Problem> Problems,
    ImmutableArray<IgnoredKind> Ignored)
{
    public static ManifestRead Empty { get; } = new([], [], []);
}

/// <param name="File">Where one was seen first.</param>
public sealed record IgnoredKind(string ApiVersion, string Kind, string File, int Line)
{
    public override string ToString() => $"{File}:{Line} {Kind}: {ApiVersion} {Kind} is not a kind we read, all of them are skipped";
}
