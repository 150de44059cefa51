using Microsoft.Win32.SafeHandles;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>Files of a folder of this node, as they are now. Names that begin with a dot are not served, but for .well-known.</summary>
/// <param name="root">The allowed root that holds the folder; null: none does.</param>
internal sealed class FolderSite(StaticFilesResource resource, string folder, string? root) : StaticSite(resource)
{
    protected override async ValueTask<(FileOutcome Outcome, StaticContent? Content)> FindAsync(ProxyContext context, string path)
    {
        if (root is null)
        {
            return (FileOutcome.RootNotAllowed, null);
        }

        if (path.Split('/').Any(name => name.StartsWith('.') && name != ".well-known"))
        {
            return (FileOutcome.Missing, null);
        }

        DescriptorBudget budget = context.Worker.Budget;
        if (!budget.TryTake(1))
        {
            return (FileOutcome.NoDescriptors, null);
        }

        (FileOutcome Outcome, StaticContent? Content) found = await Task.Run(() => Open(path, budget));
        await new WorkerSwitch(context.Worker);
        if (found.Content is null)
        {
            budget.Give(1);
        }

        return found;
    }

    private (FileOutcome Outcome, StaticContent? Content) Open(string path, DescriptorBudget budget)
    {
        SysResult opened = FolderAccess.TryOpen(root!, folder, path, out SafeFileHandle? file);
        if (file is null)
        {
            return (OutcomeOf(opened.Errno), null);
        }

        try
        {
            if (File.GetAttributes(file).HasFlag(FileAttributes.Directory))
            {
                file.Dispose();
                return (FileOutcome.Folder, null);
            }

            return (FileOutcome.Found, new FileContent(file, budget) { ContentType = TypeOf(path) });
        }
        catch (Exception e) when (e is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            file.Dispose();
            return (FileOutcome.Unreadable, null);
        }
    }

    private static FileOutcome OutcomeOf(int errno) => errno switch
    {
        Errno.NoEntry or Errno.NotDirectory or Errno.CrossDevice or Errno.TooManyLinks or Errno.NameTooLong => FileOutcome.Missing,
        Errno.Access or Errno.NotPermitted => FileOutcome.Denied,
        Errno.MFile or Errno.NFile => FileOutcome.NoDescriptors,
        _ => FileOutcome.Unreadable,
    };
}
