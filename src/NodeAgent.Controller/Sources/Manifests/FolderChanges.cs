using System.Collections.Immutable;

namespace NodeAgent.Controller.Sources.Manifests;

/// <param name="Everything">Read all again: folders or links changed, or events were lost.</param>
/// <param name="Files">Full paths of files that were written, moved or deleted.</param>
public sealed record FolderChanges(bool Everything, ImmutableHashSet<string> Files)
{
    public static FolderChanges None { get; } = new(false, []);

    public bool IsNone => !Everything && Files.IsEmpty;
}
