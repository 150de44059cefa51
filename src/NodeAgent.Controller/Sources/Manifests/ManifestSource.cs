using NodeAgent.Translator;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>A folder of manifests, followed.</summary>
public sealed class ManifestSource : IObjectSource
{
    private readonly ManifestFolder _folder;
    private volatile ManifestWatch? _watch;
    private ManifestRead? _manifests;
    private string? _trouble;
    private SourceRead? _read;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public ManifestSource(string folder)
    {
        _folder = new ManifestFolder(folder);
    }

    public SourceRead? Read()
    {
        if (_watch is not ManifestWatch watch)
        {
            return null;
        }

        FolderChanges changes = _manifests is null ? new FolderChanges(Everything: true, []) : watch.Take();
        string? trouble = watch.Trouble;
        ManifestRead manifests = changes.IsNone && _manifests is not null ? _manifests : _folder.Read(changes);
        if (_read is null || !ReferenceEquals(manifests, _manifests) || trouble != _trouble)
        {
            (_manifests, _trouble) = (manifests, trouble);
            _read = new SourceRead(
                manifests.Objects,
                trouble is null ? manifests.Problems : manifests.Problems.Add(new Problem(".", 0, "", "", trouble)),
                manifests.Ignored);
        }

        return _read;
    }

    /// <summary>All that can be looked for is in the folder, which is read whole.</summary>
    public bool Provides(Translation translation) => true;

    public async Task RunAsync(Action wake, CancellationToken cancel)
    {
        // Watching begins before the first read, so nothing falls between the two.
        using var watch = new ManifestWatch(_folder.Root, wake);
        _watch = watch;
        wake();
        var cancelled = new TaskCompletionSource();
        await using (cancel.Register(cancelled.SetResult).ConfigureAwait(false))
        {
            await cancelled.Task.ConfigureAwait(false);
        }

        _watch = null;
    }
}
