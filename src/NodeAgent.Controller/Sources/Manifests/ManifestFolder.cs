using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// A folder of manifests, read recursively; remembers the last good version of every object. For one caller at a time.
/// </summary>
public sealed class ManifestFolder
{
    private readonly string _root;
    private readonly SortedDictionary<string, Entry> _files = new(StringComparer.Ordinal);
    private ManifestRead _last = ManifestRead.Empty;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public ManifestFolder(string path)
    {
        _root = Path.GetFullPath(path);
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"manifests folder {path} does not exist");
        }
    }

    /// <summary>Full path.</summary>
    public string Root => _root;

    /// <summary>
    /// Reads all files; contents that did not change are not parsed again. The result is the same reference as
    /// before when nothing changed. If the folder itself is gone, everything stays as it was, with one problem.
    /// </summary>
    public ManifestRead Read()
    {
        if (!Directory.Exists(_root))
        {
            return FolderIsGone();
        }

        List<string> found = ManifestTree.Walk(_root);
        bool changed = _files.Count == 0 && ReadAtOnce(found);
        var gone = _files.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (string path in found)
        {
            gone.Remove(NameOf(path));
            changed |= Update(path);
        }

        foreach (string name in gone)
        {
            changed |= _files.Remove(name);
        }

        return Result(changed);
    }

    /// <summary>Reads again only what <paramref name="changes"/> names.</summary>
    public ManifestRead Read(FolderChanges changes)
    {
        if (changes.Everything)
        {
            return Read();
        }

        if (!Directory.Exists(_root))
        {
            return FolderIsGone();
        }

        bool changed = false;
        foreach (string path in changes.Files)
        {
            changed |= ManifestTree.IsThere(path) ? Update(path) : _files.Remove(NameOf(path));
        }

        return Result(changed);
    }

    private ManifestRead Result(bool changed)
    {
        if (changed || _last.Problems is [{ File: "." }])
        {
            _last = ManifestMerge.Merge([.. _files.Values.Select(entry => entry.File)]);
        }

        return _last;
    }

    private ManifestRead FolderIsGone()
    {
        var problem = new Problem(".", 0, "", "", $"the manifests folder {_root} is gone, its last state keeps serving");
        if (_last.Problems is not [{ File: "." }])
        {
            _last = _last with { Problems = [problem] };
        }

        return _last;
    }

    /// <summary>The first time, when nothing is served yet, by all processors.</summary>
    private bool ReadAtOnce(List<string> paths)
    {
        var entries = new Entry?[paths.Count];
        Parallel.For(0, paths.Count, i => entries[i] = Load(paths[i], Entry.New(NameOf(paths[i]))));
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i] is Entry entry)
            {
                _files[entry.File.Name] = entry;
            }
        }

        return _files.Count > 0;
    }

    private bool Update(string path)
    {
        string name = NameOf(path);
        Entry before = _files.GetValueOrDefault(name) ?? Entry.New(name);
        if (Load(path, before) is not Entry entry)
        {
            return _files.Remove(name);
        }

        if (ReferenceEquals(entry, before))
        {
            return false;
        }

        _files[name] = entry;
        return entry.ContentHash != UInt128.MinValue || !entry.File.Problems.SequenceEqual(before.File.Problems);
    }

    /// <returns><paramref name="before"/> when the content is the same; null when there is no such file.</returns>
    private static Entry? Load(string path, Entry before)
    {
        string? unreadable = TryRead(path, out byte[] content);
        if (unreadable is not null)
        {
            return ManifestTree.IsThere(path) ? new Entry(before.File.Unreadable(unreadable), UInt128.MinValue) : null;
        }

        UInt128 hash = MemoryMarshal.Read<UInt128>(SHA256.HashData(content));
        return before.ContentHash == hash ? before : new Entry(before.File.With(content), hash);
    }

    /// <returns>Null, or why not.</returns>
    private static string? TryRead(string path, out byte[] content)
    {
        content = [];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > ManifestFile.MaxSize)
            {
                return $"has {file.Length} bytes, at most {ManifestFile.MaxSize} are allowed";
            }

            // One byte more than it has tells a file that grows meanwhile.
            byte[] buffer = new byte[Math.Min(file.Length, ManifestFile.MaxSize) + 1];
            int length = 0;
            while (file.Read(buffer, length, buffer.Length - length) is int read and > 0)
            {
                length += read;
                if (length == buffer.Length)
                {
                    if (length > ManifestFile.MaxSize)
                    {
                        return $"grows, at most {ManifestFile.MaxSize} bytes are allowed";
                    }

                    Array.Resize(ref buffer, Math.Min(length * 2, ManifestFile.MaxSize + 1));
                }
            }

            content = buffer[..length];
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private string NameOf(string path) => Path.GetRelativePath(_root, path);

    /// <param name="ContentHash">0 when it could not be read.</param>
    private sealed record Entry(ManifestFile File, UInt128 ContentHash)
    {
        public static Entry New(string name) => new(ManifestFile.New(name), UInt128.MinValue);
    }
}
