using System.Globalization;

namespace NodeAgent.Agent;

/// <summary>
/// The folder where a process keeps what must outlive it, locked while it runs: two processes on one folder
/// would silently share listeners.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;

    private StateFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <param name="error">One line: who holds the folder, or why it cannot be used.</param>
    /// <returns>Null when the folder is held by another process or cannot be used.</returns>
    public static StateFolder? TryOpen(string path, out string? error)
    {
        string holder = System.IO.Path.Combine(path, "pid");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"state folder {path} cannot be made ({e.Message}): choose another with --state-dir";
            return null;
        }

        FileStream? taken = null;
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel lets go of it however the process ends.
            taken = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // The pid has a file of its own, since a locked file cannot be read.
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (UnauthorizedAccessException e)
        {
            taken?.Dispose();
            error = $"state folder {path} cannot be written ({e.Message}): choose another with --state-dir";
            return null;
        }
        catch (IOException e)
        {
            taken?.Dispose();
            error = taken is null
                ? $"state folder {path} is in use by another nodeagent (pid {HolderOf(holder)}): stop it, or choose another with --state-dir"
                : $"state folder {path} cannot be written ({e.Message}): choose another with --state-dir";
            return null;
        }

        error = null;
        return new StateFolder(path, taken);
    }

    public void Dispose() => _lock.Dispose();

    private static string HolderOf(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
