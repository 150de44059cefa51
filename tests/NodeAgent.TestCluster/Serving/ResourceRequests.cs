using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Reading;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Watching;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Requests for resources: from the path to the answer.</summary>
internal sealed class ResourceRequests(ObjectStore store, KindRegistry kinds, ObjectWriter writer, ObjectDeletion deletion, VirtualResources reviews, TokenRequests tokens, TestApiServerOptions options)
{
    private readonly ListReader lists = new(store);

    private readonly ScaleRequests scales = new(store, writer);

    public ServedKind Kind(ApiRequest request)
    {
        ServedKind kind = kinds.Find(request.Group, request.Version, request.Resource) ?? throw Refusals.NoSuchResource();
        bool known = request.Subresource.Length == 0 || (request.Subresource == "status" && kind.HasStatus) || Subresource.Of(kind).Any(s => s.Name == request.Subresource);
        if (!known)
        {
            throw Refusals.NoSuchResource();
        }

        if (!kind.Namespaced && request.Namespace.Length > 0)
        {
            throw Refusals.NoSuchResource();
        }

        return kind;
    }

    public WatchStream Watch(ServedKind kind, ApiRequest request, HttpContext context)
    {
        Presentation presentation = Presentation.Of(kind, context.Request, options.Clock);
        return new WatchStream(store, options, kind, Selection.Of(kind, request, context.Request.Query), context.Request.Query, presentation);
    }

    public async Task<ApiReply> AnswerAsync(ApiRequest request, HttpContext context)
    {
        if (reviews.Serves(request))
        {
            return await reviews.AnswerAsync(request, context).ConfigureAwait(false);
        }

        ServedKind kind = Kind(request);
        if (kind.Namespaced && request.Namespace.Length == 0 && request.Verb is not ("list" or "watch"))
        {
            throw request.Verb == "create" || request.Name.Length == 0 ? Refusals.MethodNotAllowed() : Refusals.NoSuchResource();
        }

        Presentation presentation = Presentation.Of(kind, context.Request, options.Clock);
        byte[] body = context.Request.Method is "GET" or "HEAD" ? [] : await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        switch (request.Verb)
        {
            case "create" when request.Subresource == Subresource.Token.Name:
                return tokens.Create(kind, request, RequestBody.Object(body, RequestBody.MediaType(context.Request.ContentType), []));
            case not "create" when request.Subresource == Subresource.Token.Name:
                throw Refusals.MethodNotAllowed();
            case not ("create" or "delete") when request.Subresource == Subresource.Scale.Name:
                return scales.Answer(kind, request, RequestBody.MediaType(context.Request.ContentType), body, Options(context.Request, []));
            case "create" or "delete" or "deletecollection" when request.Subresource.Length > 0:
                throw Refusals.MethodNotAllowed();
            case "get":
                return presentation.One(Get(kind, request, context.Request.Query["resourceVersion"].ToString()));
            case "list":
                return presentation.Many(lists.Read(kind, Selection.Of(kind, request, context.Request.Query), context.Request.Query));
            case "create":
                return Create(kind, request, context.Request, body, presentation);
            case "update":
                return Update(kind, request, context.Request, body, presentation);
            case "patch":
                return Patch(kind, request, context.Request, body, presentation);
            case "delete":
                return Delete(kind, request, context.Request, body, presentation);
            case "deletecollection" when !Discovery.Verbs(kind).Contains(request.Verb):
                throw Refusals.MethodNotAllowed();
            case "deletecollection":
                return DeleteMany(kind, request, context.Request, body, presentation);
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    /// <param name="version">The object is of this version or a later one; empty or 0 for any.</param>
    private StoredObject Get(ServedKind kind, ApiRequest request, string version)
    {
        long wanted = version.Length == 0 ? 0 : Revisions.Parse(version);
        long revision = store.Revision;
        return wanted > revision
            ? throw Revisions.TooLarge(wanted, revision)
            : store.Find(Conversion.Home(kind), new ObjectKey(request.Namespace, request.Name))?.As(kind) ?? throw Refusals.NotFound(kind, request.Name);
    }

    private ApiReply Create(ServedKind kind, ApiRequest request, HttpRequest http, byte[] body, Presentation presentation)
    {
        if (request.Name.Length > 0)
        {
            throw Refusals.MethodNotAllowed();
        }

        var duplicates = new List<string>();
        JsonObject item = RequestBody.Object(body, RequestBody.MediaType(http.ContentType), duplicates);
        Written written = writer.Create(kind, request.Namespace, item, Options(http, duplicates));
        return presentation.One(written.Object, 201) with { Warnings = written.Warnings };
    }

    private ApiReply Update(ServedKind kind, ApiRequest request, HttpRequest http, byte[] body, Presentation presentation)
    {
        RequireName(request);
        var duplicates = new List<string>();
        JsonObject item = RequestBody.Object(body, RequestBody.MediaType(http.ContentType), duplicates);
        WriteOptions options = Options(http, duplicates) with { IsReplacement = true };
        Written written = store.Together(() => IsCreation(kind, request)
            ? CreateInPlace(kind, request, item, options)
            : writer.Change(kind, request.Namespace, request.Name, request.Subresource, _ => item, options));
        return presentation.One(written.Object, written.Created ? 201 : 200) with { Warnings = written.Warnings };
    }

    private bool IsCreation(ServedKind kind, ApiRequest request) =>
        kind.CreatesOnUpdate && request.Subresource.Length == 0 && store.Find(Conversion.Home(kind), new ObjectKey(request.Namespace, request.Name)) is null;

    /// <summary>A PUT of what is not there. Who means a certain object, by its uid, does not mean a new one.</summary>
    private Written CreateInPlace(ServedKind kind, ApiRequest request, JsonObject item, WriteOptions options)
    {
        JsonObject meta = item.EnsureObject("metadata");
        if (meta.Text("name") is { } name && name != request.Name)
        {
            throw Refusals.OtherName(name, request.Name);
        }

        if (meta.Text("uid") is { Length: > 0 } uid)
        {
            throw Refusals.OtherUid(kind, request.Name, uid, "");
        }

        meta["name"] = request.Name;
        meta.Remove("resourceVersion");
        return writer.Create(kind, request.Namespace, item, options);
    }

    private ApiReply Patch(ServedKind kind, ApiRequest request, HttpRequest http, byte[] body, Presentation presentation)
    {
        RequireName(request);
        var duplicates = new List<string>();
        string type = RequestBody.MediaType(http.ContentType);
        WriteOptions write = Options(http, duplicates);
        Written written = new PatchRequest(writer, store, options.Clock).Apply(kind, request, type, body, write, duplicates);
        return presentation.One(written.Object, written.Created ? 201 : 200) with { Warnings = written.Warnings };
    }

    private ApiReply Delete(ServedKind kind, ApiRequest request, HttpRequest http, byte[] body, Presentation presentation)
    {
        (StoredObject item, bool gone) = deletion.Delete(kind, request.Namespace, request.Name, DeleteOptionsOf(http, body));
        if (!gone)
        {
            return presentation.One(item);
        }

        var details = new JsonObject { ["name"] = request.Name };
        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Plural;
        details["uid"] = item.Uid;
        return ApiReply.Of(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    private ApiReply DeleteMany(ServedKind kind, ApiRequest request, HttpRequest http, byte[] body, Presentation presentation)
    {
        DeleteOptions wanted = DeleteOptionsOf(http, body);
        ListChunk chunk = lists.Read(kind, Selection.Of(kind, request, http.Query), http.Query);
        foreach (StoredObject item in chunk.Items)
        {
            try
            {
                deletion.Delete(kind, item.Key.Namespace, item.Key.Name, wanted);
            }
            catch (ApiRefusal refusal) when (refusal.Code == 404)
            {
                // Someone else deleted it meanwhile, which is what was wanted.
            }
        }

        return presentation.Many(chunk);
    }

    private static void RequireName(ApiRequest request)
    {
        if (request.Name.Length == 0)
        {
            throw Refusals.MethodNotAllowed();
        }
    }

    private static DeleteOptions DeleteOptionsOf(HttpRequest http, byte[] body)
    {
        JsonObject? given = body.Length == 0 ? null : RequestBody.Object(body, RequestBody.MediaType(http.ContentType), []);
        if (given.Text("kind") is { } kind && kind != "DeleteOptions")
        {
            throw Refusals.BadRequest($"decoded object cannot be converted to DeleteOptions: it is a {kind}");
        }

        JsonObject? preconditions = given.Object("preconditions");
        string? propagation = given.Text("propagationPolicy") ?? http.Query["propagationPolicy"].FirstOrDefault();
        bool? orphan = given.Flag("orphanDependents") ?? (http.Query["orphanDependents"].ToString() is { Length: > 0 } asked ? asked is "true" or "1" : null);
        if (propagation is not null && orphan is not null)
        {
            throw Refusals.InvalidOptions("DeleteOptions", FieldErrors.Invalid("propagationPolicy", propagation, "orphanDependents and deletionPropagation cannot be both set"));
        }

        if (propagation is not (null or "Background" or "Foreground" or "Orphan"))
        {
            throw Refusals.InvalidOptions("DeleteOptions", FieldErrors.NotSupported("propagationPolicy", propagation, "Background", "Foreground", "Orphan"));
        }

        propagation ??= orphan is true ? "Orphan" : null;

        bool dryRun = (given.List("dryRun")?.Any(v => v.AsText() == "All") ?? false) || http.Query["dryRun"] == "All";
        return new DeleteOptions(propagation ?? "Background", preconditions.Text("uid"), preconditions.Text("resourceVersion"), dryRun);
    }

    private static WriteOptions Options(HttpRequest http, List<string> duplicates)
    {
        string dryRun = http.Query["dryRun"].ToString();
        if (dryRun is not ("" or "All"))
        {
            throw Refusals.InvalidOptions("CreateOptions", FieldErrors.NotSupported("dryRun", dryRun, "All"));
        }

        string manager = http.Query["fieldManager"].ToString();
        if (manager.Length == 0)
        {
            // Who gives no name is known by the first part of the program's.
            manager = http.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } agent ? agent : "unknown";
        }

        return new WriteOptions
        {
            DryRun = dryRun == "All",
            Manager = manager,
            ManagerGiven = http.Query["fieldManager"].ToString().Length > 0,
            Force = http.Query["force"] is var force && (force == "true" || force == "1"),
            Duplicates = duplicates,
            Validation = http.Query["fieldValidation"].ToString() switch
            {
                "Strict" => FieldValidation.Strict,
                "Ignore" => FieldValidation.Ignore,
                _ => FieldValidation.Warn,
            },
        };
    }
}
