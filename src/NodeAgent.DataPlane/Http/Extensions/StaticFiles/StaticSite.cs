using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>A backend whose answers are files. Each request is answered as RFC 9110 has it for GET and HEAD; other methods are refused.</summary>
internal abstract class StaticSite(StaticFilesResource resource)
{
    private const string UnknownType = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider WellKnown = new();

    private readonly FrozenDictionary<string, string> _types =
        resource.ContentTypes.DistinctBy(t => t.Extension).ToFrozenDictionary(t => t.Extension, t => t.ContentType, StringComparer.OrdinalIgnoreCase);

    protected StaticFilesResource Resource => resource;

    public static StaticSite Of(StaticFilesResource resource, FolderAccess folders) =>
        resource.Folder is { } folder ? new FolderSite(resource, folder, folders.RootOf(folder)) : new MemorySite(resource);

    public async ValueTask AnswerAsync(ProxyContext context, HeaderFilters ofBackend)
    {
        context.Endpoint = resource.Id;
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            context.Answer(StatusCodes.Status405MethodNotAllowed, "static_method");
            context.Response.Headers.Allow = "GET, HEAD";
            FileAnswer.Finish(context, ofBackend);
            return;
        }

        if (!FilePath.TryRead(context.OutgoingTarget, out string path) || (NamesFolder(path) && resource.Index is null))
        {
            Miss(context, StatusCodes.Status404NotFound, "static_not_found", ofBackend);
            return;
        }

        (FileOutcome outcome, StaticContent? content) = await FindAsync(context, NamesFolder(path) ? path + resource.Index : path);
        switch (outcome)
        {
            case FileOutcome.Found:
                using (content)
                {
                    await FileAnswer.SendAsync(context, content!, resource.CacheControl, ofBackend);
                }

                break;
            case FileOutcome.Folder when !NamesFolder(path) && resource.Index is not null:
                RedirectToFolder(context, ofBackend);
                break;
            case FileOutcome.Missing or FileOutcome.Folder:
                Miss(context, StatusCodes.Status404NotFound, "static_not_found", ofBackend);
                break;
            case FileOutcome.Denied:
                Miss(context, StatusCodes.Status403Forbidden, "static_denied", ofBackend);
                break;
            case FileOutcome.RootNotAllowed:
                context.Fail(StatusCodes.Status500InternalServerError, "static_root_not_allowed", FaultSide.Node);
                break;
            case FileOutcome.NoDescriptors:
                context.Fail(StatusCodes.Status503ServiceUnavailable, "node_no_descriptors", FaultSide.Node);
                break;
            default:
                context.Fail(StatusCodes.Status500InternalServerError, "static_unreadable", FaultSide.Node);
                break;
        }
    }

    /// <summary>On the request's worker; comes back to it.</summary>
    /// <param name="path">Decoded, without a leading slash; not empty, and without one at its end.</param>
    protected abstract ValueTask<(FileOutcome Outcome, StaticContent? Content)> FindAsync(ProxyContext context, string path);

    protected string TypeOf(string path)
    {
        int dot = path.LastIndexOf('.');
        if (dot >= 0 && _types.TryGetValue(path[dot..], out string? type))
        {
            return type;
        }

        if (!WellKnown.TryGetContentType(path, out type))
        {
            return UnknownType;
        }

        return type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
    }

    private static bool NamesFolder(string path) => path.Length == 0 || path.EndsWith('/');

    private static void Miss(ProxyContext context, int status, string reason, HeaderFilters ofBackend)
    {
        context.Answer(status, reason);
        FileAnswer.Finish(context, ofBackend);
    }

    /// <summary>Or the links in its index would lead beside it.</summary>
    private static void RedirectToFolder(ProxyContext context, HeaderFilters ofBackend)
    {
        RequestTarget target = context.Target;

        // Two slashes in front would make the first segment a host.
        string path = "/" + target.Path.ToString().TrimStart('/') + "/";
        context.Answer(StatusCodes.Status301MovedPermanently, null);
        context.Response.Headers.Location = target.Query.IsEmpty ? path : $"{path}?{target.Query}";
        FileAnswer.Finish(context, ofBackend);
    }
}

/// <summary>How looking for a file ended.</summary>
internal enum FileOutcome
{
    Found,

    /// <summary>There is a folder of that name.</summary>
    Folder,

    /// <summary>Nothing of that name, or a link that leads out of the folder.</summary>
    Missing,

    /// <summary>This process may not read it.</summary>
    Denied,

    /// <summary>The operator of this node does not allow the folder.</summary>
    RootNotAllowed,

    /// <summary>This process has no descriptors left.</summary>
    NoDescriptors,

    /// <summary>It is there, and cannot be read.</summary>
    Unreadable,
}
