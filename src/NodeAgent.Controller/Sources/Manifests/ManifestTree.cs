namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>Which files below a folder are manifests, and which folders hold them.</summary>
/// <remarks>
/// Names that begin with a dot are left out: editors' swap files, and the versions that Kubernetes keeps beside the
/// symbolic links of a mounted ConfigMap. Links are followed, each folder is visited once.
/// </remarks>
internal static class ManifestTree
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    public static bool IsManifest(string path) =>
        !IsHidden(path) && Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>A file, a folder or a link, be it broken.</summary>
    public static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    public static bool IsHidden(string path) => Path.GetFileName(path.AsSpan()).StartsWith('.');

    /// <summary>Full paths of the manifests, in no order.</summary>
    /// <param name="entering">Called with each folder before its content is looked at.</param>
    public static List<string> Walk(string root, Action<string>? entering = null)
    {
        var files = new List<string>();
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([root]);
        while (next.TryPop(out string? folder))
        {
            if (!visited.Add(RealPath(folder)))
            {
                continue;
            }

            entering?.Invoke(folder);
            try
            {
                foreach (string path in Directory.EnumerateFileSystemEntries(folder))
                {
                    if (IsHidden(path))
                    {
                        continue;
                    }

                    if (Directory.Exists(path))
                    {
                        next.Push(path);
                    }
                    else if (IsManifest(path))
                    {
                        files.Add(path);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone or closed to us: what it held is reported as deleted or unreadable when it is read.
            }
        }

        return files;
    }

    private static string RealPath(string folder)
    {
        try
        {
            return Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        }
        catch (IOException)
        {
            return folder;
        }
    }
}
