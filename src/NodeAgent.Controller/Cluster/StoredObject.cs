using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>Which object of a cluster.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Namespace">Empty for cluster-scoped kinds.</param>
public sealed record StoredKey(string Group, string Kind, string Namespace, string Name)
{
    /// <summary><c>kind ns/name</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>
/// An object as the API server last told of it, as far as whoever writes to it needs that. Kept of kinds whose statuses
/// are ours, and of Services that say we manage them. Immutable.
/// </summary>
/// <param name="Resource">In the version in which it is watched.</param>
/// <param name="Deleting">It has a deletionTimestamp, and goes on to be served until it is gone.</param>
public sealed record StoredObject(
    ApiResource Resource,
    string Namespace,
    string Name,
    string Uid,
    string ResourceVersion,
    long Generation,
    ImmutableArray<string> Finalizers,
    bool Deleting)
{
    /// <summary>status, as UTF-8 JSON; empty where it has none.</summary>
    public ReadOnlyMemory<byte> Status { get; init; }

    /// <summary>metadata, as UTF-8 JSON, of a Service that says we manage it; empty else.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Why it cannot be read as it is: the last version that could be goes on to be translated. Empty when all is well.</summary>
    public ImmutableArray<FieldProblem> Problems { get; init; } = [];

    public StoredKey Key => new(Resource.Group, Resource.Kind, Namespace, Name);
}
