using System.Collections.Frozen;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>Files that the snapshot carries.</summary>
internal sealed class MemorySite : StaticSite
{
    private readonly FrozenDictionary<string, StaticContent> _files;

    public MemorySite(StaticFilesResource resource)
        : base(resource) =>
        _files = resource.Files.DistinctBy(f => f.Path).ToFrozenDictionary(
            f => f.Path, StaticContent (f) => new MemoryContent(f.Content) { ContentType = TypeOf(f.Path) }, StringComparer.Ordinal);

    protected override ValueTask<(FileOutcome Outcome, StaticContent? Content)> FindAsync(ProxyContext context, string path)
    {
        if (_files.TryGetValue(path, out StaticContent? content))
        {
            return new((FileOutcome.Found, content));
        }

        bool isFolder = Resource.Index is not null && _files.ContainsKey($"{path}/{Resource.Index}");
        return new((isFolder ? FileOutcome.Folder : FileOutcome.Missing, null));
    }
}
