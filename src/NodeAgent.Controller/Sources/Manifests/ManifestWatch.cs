using System.Collections.Immutable;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// Follows a folder and all below it. A thread of its own collects what changed; whoever reads takes all of it at
/// once, so a burst of edits is one read. Nothing is timed: a file is named when its writer closed it, or when it
/// was moved into place or deleted.
/// </summary>
public sealed class ManifestWatch : IDisposable
{
    private const InotifyMask FolderEvents =
        InotifyMask.CloseWrite | InotifyMask.MovedTo | InotifyMask.MovedFrom | InotifyMask.Create | InotifyMask.Delete
        | InotifyMask.Attributes | InotifyMask.DeleteSelf | InotifyMask.MoveSelf;

    /// <summary>Of the folder above, while the root is gone: only what can bring it back.</summary>
    private const InotifyMask ParentEvents = InotifyMask.Create | InotifyMask.MovedTo;

    private readonly string _root;
    private readonly Action _changed;
    private readonly Inotify _inotify = new();
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private Dictionary<int, string> _folders = [];
    private FolderChanges _changes = FolderChanges.None;
    private volatile string? _trouble;
    private volatile bool _stopping;

    /// <param name="root">Full path of a folder that is there.</param>
    /// <param name="changed">Called on the watching thread when there is something to <see cref="Take"/>.</param>
    /// <exception cref="IOException">The kernel refuses to watch (see its inotify limits).</exception>
    public ManifestWatch(string root, Action changed)
    {
        _root = root;
        _changed = changed;
        WatchFolders();
        if (_trouble is string trouble)
        {
            _inotify.Dispose();
            throw new IOException(trouble);
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "manifests" };
        _thread.Start();
    }

    /// <summary>Why some folders cannot be watched at the moment; null when all is well.</summary>
    public string? Trouble => _trouble;

    /// <summary>All that changed since the last call.</summary>
    public FolderChanges Take()
    {
        lock (_lock)
        {
            FolderChanges taken = _changes;
            _changes = FolderChanges.None;
            return taken;
        }
    }

    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;

        // The kernel answers the end of a watch with an Ignored event, which wakes the thread. "/" is always there.
        _inotify.Unwatch(_inotify.TryWatch("/", InotifyMask.MoveSelf));
        _thread.Join();
        _inotify.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            bool folders = false;
            ImmutableHashSet<string>.Builder files = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
            foreach (InotifyEvent item in _inotify.Read())
            {
                folders |= IsAboutFolders(item, files);
            }

            if (folders && !_stopping)
            {
                WatchFolders();
            }

            if (folders || files.Count > 0)
            {
                lock (_lock)
                {
                    _changes = new FolderChanges(_changes.Everything || folders, _changes.Files.Union(files));
                }

                _changed();
            }
        }
    }

    /// <returns>True: folders or links came or went, look at everything. Changed files go to <paramref name="files"/>.</returns>
    private bool IsAboutFolders(InotifyEvent item, ImmutableHashSet<string>.Builder files)
    {
        if ((item.Mask & (InotifyMask.Overflow | InotifyMask.DeleteSelf | InotifyMask.MoveSelf)) != 0)
        {
            return true;
        }

        if ((item.Mask & InotifyMask.Ignored) != 0 || !_folders.TryGetValue(item.Watch, out string? folder))
        {
            return false;
        }

        string path = Path.Combine(folder, item.Name);
        if (folder == Path.GetDirectoryName(_root) && path != _root)
        {
            return false;
        }

        if ((item.Mask & InotifyMask.IsFolder) != 0)
        {
            return item.Name.Length > 0 && !ManifestTree.IsHidden(path) && (item.Mask & InotifyMask.Attributes) == 0;
        }

        bool appeared = (item.Mask & (InotifyMask.Create | InotifyMask.MovedTo)) != 0;
        if ((appeared && new FileInfo(path).LinkTarget is not null) || _folders.ContainsValue(path))
        {
            // A link came (such as ..data of a mounted ConfigMap, behind which all files change at once) or went.
            return true;
        }

        // A created file is still being written: its writer will close it.
        if (ManifestTree.IsManifest(path) && (item.Mask & InotifyMask.Create) == 0)
        {
            files.Add(path);
        }

        return false;
    }

    /// <summary>Makes the watches those of the folders that are there now; each is watched before it is listed.</summary>
    private void WatchFolders()
    {
        var watched = new Dictionary<int, string>();
        string? trouble = null;
        if (Directory.Exists(_root))
        {
            ManifestTree.Walk(_root, folder => Watch(folder, FolderEvents));
        }
        else
        {
            Watch(Path.GetDirectoryName(_root) ?? _root, ParentEvents);

            // It may have come back before the folder above was watched.
            if (Directory.Exists(_root))
            {
                ManifestTree.Walk(_root, folder => Watch(folder, FolderEvents));
            }
        }

        foreach (int watch in _folders.Keys.Where(watch => !watched.ContainsKey(watch)))
        {
            _inotify.Unwatch(watch);
        }

        _folders = watched;
        _trouble = trouble;

        void Watch(string folder, InotifyMask mask)
        {
            try
            {
                if (_inotify.TryWatch(folder, mask) is int watch and >= 0)
                {
                    watched[watch] = folder;
                }
            }
            catch (IOException e)
            {
                trouble = $"folder {folder} is not watched: {e.Message}";
            }
        }
    }
}
