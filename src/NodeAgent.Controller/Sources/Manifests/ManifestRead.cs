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

    /// <summary>Where each of <see cref="Objects"/> stands, in their order.</summary>
    public ImmutableArray<ObjectPlace> Places { get; init; } = [];
}

/// <param name="File">Relative to the manifests folder.</param>
/// <param name="Line">Of the object's first field, from 1.</param>
public sealed record ObjectPlace(string File, int Line);

/// <param name="File">Where one was seen first.</param>
public sealed record IgnoredKind(string ApiVersion, string Kind, string File, int Line)
{
    public override string ToString() => $"{File}:{Line} {Kind}: {ApiVersion} {Kind} is not a kind we read, all of them are skipped";
}
