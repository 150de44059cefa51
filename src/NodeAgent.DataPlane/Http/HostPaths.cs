namespace NodeAgent.DataPlane.Http;

/// <summary>
/// (kind, path) to a range of matches. Most hostnames have a handful of paths: those are compared one by one, which needs less memory and
/// fewer cache lines than a hash.
/// </summary>
internal sealed class HostPaths
{
    public const int Prefix = 0;
    public const int Exact = 1;

    private const int Few = 8;

    private readonly Entry[] _few = [];
    private readonly TextIndex? _many;

    /// <param name="paths">Distinct.</param>
    /// <param name="starts">Where the matches of each path start, and one past the end.</param>
    public HostPaths(IReadOnlyList<(int Kind, string Path)> paths, ReadOnlySpan<int> starts)
    {
        if (paths.Count > Few)
        {
            _many = new TextIndex(ignoreCase: false, paths.Count);
            foreach ((int kind, string path) in paths)
            {
                _many.Add(kind, path);
            }

            _many.Seal(starts);
            return;
        }

        _few = new Entry[paths.Count];
        for (int i = 0; i < _few.Length; i++)
        {
            _few[i] = new Entry(paths[i].Path, (byte)paths[i].Kind, starts[i], starts[i + 1]);
        }
    }

    public bool TryFind(int kind, ReadOnlySpan<char> path, out int start, out int end)
    {
        if (_many is { } many)
        {
            int number = many.Find(kind, path);
            (start, end) = number < 0 ? (0, 0) : many.RangeOf(number);
            return number >= 0;
        }

        foreach (ref readonly Entry entry in _few.AsSpan())
        {
            if (entry.Kind == kind && path.SequenceEqual(entry.Path))
            {
                (start, end) = (entry.Start, entry.End);
                return true;
            }
        }

        (start, end) = (0, 0);
        return false;
    }

    private readonly record struct Entry(string Path, byte Kind, int Start, int End);
}
