using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.TestCluster.Access;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Faulting;

namespace NodeAgent.TestCluster.Serving;

/// <summary>
/// A request from its arrival to its answer:
/// 1. who asks, and in whose name; 2. what for; 3. whether that is allowed; 4. what fault it meets; 5. its answer; 6. the audit log.
/// </summary>
internal sealed class RequestPipeline(Authentication authentication, ResourceRequests resources, SitePages pages, TestApiServerOptions options, Faults faults, RequestLog log)
{
    /// <summary>Bytes above which an answer is compressed for who takes that.</summary>
    private const int LongBody = 128 * 1024;

    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        HttpRequest http = context.Request;
        bool watch = http.Query["watch"] is var asked && (asked == "true" || asked == "1");
        ApiRequest request = ApiRequest.Parse(http.Method, http.Path.Value ?? "/", watch) with
        {
            Query = http.QueryString.Value ?? "",
            UserAgent = http.Headers.UserAgent.ToString(),
        };
        int code = 0;
        try
        {
            // 1, 2
            bool open = pages.IsOpen(request.Path);
            ApiUser? user = authentication.UserOf(http.Headers.Authorization, context.Connection.ClientCertificate) ?? (open ? new ApiUser("system:anonymous") : null);
            if (user is null)
            {
                code = await WriteAsync(context, ApiReply.Of(new ApiRefusal(401, "Unauthorized", "Unauthorized"))).ConfigureAwait(false);
                return;
            }

            request = request with { User = Impersonation.Of(user, http.Headers, Demand) };

            // 3
            if (IsGuarded(request))
            {
                Demand(request with { Name = NameOf(request, http.Query["fieldSelector"].ToString()) });
            }

            // 4
            Fault? fault = faults.Take(request);
            if (fault is not null && await MetAsync(context, fault).ConfigureAwait(false) is { } met)
            {
                code = met;
                return;
            }

            // 5
            code = await AnswerAsync(context, request, fault, stopping).ConfigureAwait(false);
        }
        catch (ApiRefusal refusal) when (!context.Response.HasStarted)
        {
            code = await WriteAsync(context, ApiReply.Of(refusal)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLeaving(e, context, stopping))
        {
            // Nobody is there to be answered.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            code = await WriteAsync(context, ApiReply.Of(Refusals.BadRequest(e.Message))).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            code = await WriteAsync(context, ApiReply.Of(Refusals.Internal(e.ToString()))).ConfigureAwait(false);
        }
        finally
        {
            // 6
            log.Add(new LoggedRequest(request, code, options.Clock.GetUtcNow()));
        }
    }

    private async Task<int> AnswerAsync(HttpContext context, ApiRequest request, Fault? fault, CancellationToken stopping)
    {
        if (!request.IsResource)
        {
            ApiReply page = await pages.AnswerAsync(request, context).ConfigureAwait(false);
            return await WriteAsync(context, page).ConfigureAwait(false);
        }

        if (request.Verb == "watch")
        {
            ServedKind kind = resources.Kind(request);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            using WatchHandle handle = faults.Enter(request, ending);
            log.Add(new LoggedRequest(request, 200, options.Clock.GetUtcNow()) { Started = true });
            try
            {
                await resources.Watch(kind, request, context).RunAsync(context.Response, handle.HoldAsync, ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The client left, the server stops, or a fault broke the watch: nobody got its end.
                return 0;
            }

            return context.Response.StatusCode;
        }

        ApiReply reply = await resources.AnswerAsync(request, context).ConfigureAwait(false);
        if (fault?.Kind == FaultKind.DropAfter)
        {
            Drop(context);
            return 0;
        }

        return await WriteAsync(context, reply).ConfigureAwait(false);
    }

    /// <summary>Whether an exception says that the client left or that the server stops. What else goes wrong is the server's own fault.</summary>
    private static bool IsLeaving(Exception e, HttpContext context, CancellationToken stopping) =>
        e is ConnectionResetException or ConnectionAbortedException
        || (e is OperationCanceledException or IOException && (context.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested));

    /// <returns>The code of the answer when the fault is all the request meets; 0 for none.</returns>
    private static async Task<int?> MetAsync(HttpContext context, Fault fault)
    {
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, context.RequestAborted).ConfigureAwait(false);
        }

        if (fault.Kind == FaultKind.DropBefore)
        {
            Drop(context);
            return 0;
        }

        return fault.Refusal is { } refusal ? await WriteAsync(context, ApiReply.Of(refusal)).ConfigureAwait(false) : null;
    }

    /// <summary>A list or watch of one object by its name asks for the rights to that one.</summary>
    private static string NameOf(ApiRequest request, string fieldSelector)
    {
        const string field = "metadata.name=";
        return request.Name.Length > 0 || request.Verb is not ("list" or "watch" or "deletecollection")
            ? request.Name
            : fieldSelector.Split(',').FirstOrDefault(t => t.StartsWith(field, StringComparison.Ordinal))?[field.Length..].TrimStart('=') ?? "";
    }

    /// <exception cref="ApiRefusal">403: the user may not.</exception>
    private void Demand(ApiRequest request)
    {
        if (options.Authorize is { } authorize && !authorize(request))
        {
            throw Forbidden(request);
        }
    }

    /// <summary>What everyone may do who is known needs no permission: discovery, and asking for its own rights.</summary>
    private static bool IsGuarded(ApiRequest request) => request.IsResource && request.Resource is not ("selfsubjectreviews" or "selfsubjectaccessreviews" or "selfsubjectrulesreviews");

    private static void Drop(HttpContext context)
    {
        context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        context.Abort();
    }

    private static ApiRefusal Forbidden(ApiRequest request)
    {
        string resource = request.Group.Length == 0 ? request.Resource : $"{request.Resource}.{request.Group}";
        string asked = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        string where = request.Namespace.Length > 0 ? $"in the namespace \"{request.Namespace}\"" : "at the cluster scope";
        string what = request.Name.Length > 0 ? $"{resource} \"{request.Name}\"" : resource;
        var details = new System.Text.Json.Nodes.JsonObject { ["name"] = request.Name, ["group"] = request.Group, ["kind"] = request.Resource };
        return new ApiRefusal(403, "Forbidden", $"{what} is forbidden: User \"{request.User.Name}\" cannot {request.Verb} resource \"{asked}\" in API group \"{request.Group}\" {where}", details);
    }

    private static async Task<int> WriteAsync(HttpContext context, ApiReply reply)
    {
        HttpResponse response = context.Response;
        response.StatusCode = reply.Code;
        response.ContentType = reply.ContentType;
        response.Headers.CacheControl = "no-cache, private";
        foreach (string warning in reply.Warnings)
        {
            response.Headers.Append("Warning", $"299 - \"{Quoted(warning)}\"");
        }

        if (reply.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (reply.ETag is not null)
        {
            response.Headers.ETag = reply.ETag;
        }

        ReadOnlyMemory<byte> body = reply.Body;
        if (body.Length > LongBody && context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is not 0))
        {
            body = Compressed(body);
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Append("Vary", "Accept-Encoding");
        }

        response.ContentLength = body.Length;
        if (context.Request.Method != "HEAD")
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }

        await response.CompleteAsync().ConfigureAwait(false);
        return reply.Code;
    }

    private static ReadOnlyMemory<byte> Compressed(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream(body.Length / 4);
        using (var pack = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            pack.Write(body.Span);
        }

        return packed.ToArray();
    }

    private static string Quoted(string text)
    {
        var made = new StringBuilder();
        foreach (char c in text)
        {
            made.Append(c switch { '"' => "\\\"", '\\' => "\\\\", < ' ' or > '~' => "?", _ => c.ToString() });
        }

        return made.ToString();
    }
}
