using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>What a document says it is; parts it does not say (or says badly) are empty.</summary>
/// <param name="Namespace">Empty for cluster-scoped kinds; "default" where the document leaves it out.</param>
public sealed record ObjectIdentity(string ApiVersion, string Kind, string Namespace, string Name)
{
    /// <summary>The API group; empty for the core group.</summary>
    public string Group => ApiVersion.IndexOf('/', StringComparison.Ordinal) is int slash and >= 0 ? ApiVersion[..slash] : "";

    /// <summary><c>kind ns/name</c>, or as much of it as is known.</summary>
    public override string ToString() =>
        (Kind + " " + (Namespace.Length == 0 || Name.Length == 0 ? Name : $"{Namespace}/{Name}")).Trim();
}

/// <summary>One thing wrong with one field.</summary>
/// <param name="Path">As users write it: <c>spec.rules[0].matches[1].path.value</c>; see <see cref="FieldPath"/>.</param>
/// <param name="What">What is wrong, without the field's name.</param>
/// <param name="Allowed">What would be right.</param>
public sealed record FieldProblem(string Path, string What, string Allowed)
{
    public override string ToString() => $"{Path}: {What}, {Allowed}";
}

/// <summary>What became of one document. A kind we do not read has neither of the two.</summary>
/// <param name="Decoded">Null when <see cref="Problems"/> is not empty or the kind is not ours to read.</param>
/// <param name="Ignored">The document is well-formed but of a kind we do not read.</param>
public sealed record DecodeResult(
    ObjectIdentity Identity,
    ApiObject? Decoded,
    ImmutableArray<FieldProblem> Problems,
    bool Ignored);

/// <summary>A kind that <see cref="ApiDecoder"/> reads.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Versions">Each reads the same fields.</param>
public sealed record ReadKind(string Group, string Kind, ImmutableArray<string> Versions, bool ClusterScoped);
