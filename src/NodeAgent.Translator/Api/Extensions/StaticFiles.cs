using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>
/// nodeagent.dev/v1alpha1 StaticFiles: a backendRef that answers with files. Exactly one of <see cref="ConfigMap"/> and
/// <see cref="Folder"/> is set.
/// </summary>
/// <param name="Folder">An absolute path on the nodes, without <c>.</c> and <c>..</c>.</param>
/// <param name="Index">The file of a path that ends in a slash; empty for none.</param>
/// <param name="CacheControl">Sent with every file.</param>
public sealed record StaticFiles(
    ObjectMeta Meta,
    ConfigMapFiles? ConfigMap,
    string? Folder,
    string Index,
    string? CacheControl,
    ImmutableArray<ContentTypeSpec> ContentTypes) : ApiObject(Meta)
{
    public override string Kind => "StaticFiles";

    public override string Group => Groups.NodeAgent;
}

/// <param name="Name">In the namespace of the StaticFiles.</param>
/// <param name="Items">Empty: every key is a file of its own name.</param>
public sealed record ConfigMapFiles(string Name, ImmutableArray<ConfigMapFile> Items);

/// <param name="Path">Relative, e.g. <c>css/site.css</c>.</param>
public sealed record ConfigMapFile(string Key, string Path);

/// <param name="Extension">With its dot.</param>
public sealed record ContentTypeSpec(string Extension, string ContentType);
