using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>
/// Opens files of folders that the operator allows. The kernel itself keeps every name, with its links, below its folder
/// (openat2, RESOLVE_BENEATH), and the folder below the allowed root; folders are opened anew each time, so one that is replaced is
/// served as it is now. Blocks: never on a worker.
/// </summary>
internal sealed class FolderAccess(ImmutableArray<string> roots)
{
    public static FolderAccess None { get; } = new([]);

    /// <param name="folder">Absolute.</param>
    /// <returns>The allowed root that holds it; null when none does.</returns>
    public string? RootOf(string folder)
    {
        foreach (string root in roots)
        {
            string trimmed = root.TrimEnd('/');
            if (folder.TrimEnd('/') == trimmed || folder.StartsWith(trimmed + "/", StringComparison.Ordinal))
            {
                return trimmed;
            }
        }

        return null;
    }

    /// <param name="root">As <see cref="RootOf"/> gave it.</param>
    /// <param name="file">Without a leading slash.</param>
    public static SysResult TryOpen(string root, string folder, string file, out SafeFileHandle? handle)
    {
        handle = null;
        SysResult opened = LibC.OpenFolder(root.Length == 0 ? "/" : root);
        if (opened.IsError)
        {
            return opened;
        }

        int rootHandle = opened.Value;
        string below = folder.TrimEnd('/')[root.Length..].TrimStart('/');
        opened = LibC.OpenFolderBeneath(rootHandle, below.Length == 0 ? "." : below);
        LibC.Close(rootHandle);
        if (opened.IsError)
        {
            return opened;
        }

        int folderHandle = opened.Value;
        opened = LibC.OpenFileBeneath(folderHandle, file.Length == 0 ? "." : file);
        LibC.Close(folderHandle);
        if (!opened.IsError)
        {
            handle = new SafeFileHandle(opened.Value, ownsHandle: true);
        }

        return opened;
    }
}
