using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>A backend whose answers are files (nodeagent.dev StaticFiles): of a ConfigMap, carried here, or of a folder of the node.</summary>
/// <param name="Index">The file served for a path that ends in a slash; null: there is none, and such a path is not found.</param>
/// <param name="CacheControl">Sent with every file; null sends none.</param>
/// <param name="Folder">An absolute path; null when <paramref name="Files"/> are the files.</param>
/// <param name="Files">Sorted by path (ordinal); paths are unique.</param>
/// <param name="ContentTypes">Beyond or instead of the well-known ones, sorted by extension.</param>
public sealed record StaticFilesResource(
    string Namespace,
    string Name,
    string? Index,
    string? CacheControl,
    string? Folder,
    ImmutableArray<StaticFile> Files,
    ImmutableArray<ExtensionContentType> ContentTypes) : Resource
{
    [JsonIgnore]
    public override string Id => IdOf(Namespace, Name);

    public static string IdOf(string ns, string name) => $"backend/StaticFiles/{ns}/{name}";

    public bool Equals(StaticFilesResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <param name="Path">Without a leading slash, e.g. <c>css/site.css</c>.</param>
public sealed record StaticFile(string Path, ReadOnlyMemory<byte> Content);

/// <param name="Extension">With its dot, lower case.</param>
public sealed record ExtensionContentType(string Extension, string ContentType);
