using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Ownership;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Creates and changes objects: the rules that all writes obey, whatever way they came.</summary>
internal sealed class ObjectWriter(ObjectStore store, AdmissionRules admission, TimeProvider clock)
{
    /// <param name="body">The object as asked for; the writer's to change.</param>
    /// <param name="isApply">Whether a server-side apply creates it, and so owns its fields as such.</param>
    public Written Create(ServedKind kind, string ns, JsonObject body, WriteOptions options, bool isApply = false)
    {
        RequireKind(kind, body);
        JsonObject meta = body.EnsureObject("metadata");
        RequireNamespace(kind, ns, meta);
        if (meta.Text("resourceVersion") is { Length: > 0 })
        {
            throw Refusals.BadRequest("resourceVersion should not be set on objects to be created");
        }

        meta.Remove("resourceVersion");
        meta.Remove("managedFields");
        if (meta.Text("name") is null or "")
        {
            if (meta.Text("generateName") is not { Length: > 0 } prefix)
            {
                throw Refusals.Invalid(kind, "", [new FieldError("FieldValueRequired", "metadata.name", "Required value: name or generateName is required")]);
            }

            meta["name"] = NameGeneration.From(prefix);
        }

        string name = meta.Text("name")!;
        var warnings = new List<string>();
        Strict(kind, body, options, warnings);
        if (kind.HasStatus)
        {
            body.Remove("status");
        }

        JsonArray? owners = isApply ? ServerSideApply.Apply(kind, [], body, "", options, clock.GetUtcNow()).Managers : null;
        SystemFields.Begin(kind, body, clock.GetUtcNow());
        kind.Schema.Default(body);
        return store.Together(() =>
        {
            admission.Create(kind, ns, name, body);
            ResourceId home = Conversion.Home(kind);
            if (store.Find(home, new ObjectKey(ns, name)) is not null)
            {
                throw Refusals.AlreadyExists(kind, name);
            }

            Validate(kind, name, body, null, isBody: true);
            if (owners is not null)
            {
                meta["managedFields"] = owners;
            }
            else
            {
                ManagedFields.Updated(kind, body, null, options.Manager, "", clock.GetUtcNow());
            }

            return new Written(options.DryRun ? Unstored(home, ns, name, body) : store.Put(home, body), Created: true, warnings);
        });
    }

    /// <param name="change">Makes of the present object, which it must leave alone, the one asked for.</param>
    /// <param name="subresource">Empty or <c>status</c>.</param>
    public Written Change(ServedKind kind, string ns, string name, string subresource, Func<JsonObject, JsonObject> change, WriteOptions options) => store.Together(() =>
    {
        ResourceId home = Conversion.Home(kind);
        StoredObject present = store.Find(home, new ObjectKey(ns, name)) ?? throw Refusals.NotFound(kind, name);
        StoredObject shown = present.As(kind);
        JsonObject next = change(shown.Body);
        return Replace(kind, ns, name, subresource, shown, next, options, apply: null);
    });

    /// <summary>Stores a changed object, if it is a change.</summary>
    /// <param name="next">The object as asked for; the writer's to change.</param>
    /// <param name="apply">Who owns what after a server-side apply; null for other writes, whose ownership is seen from the changes.</param>
    public Written Replace(ServedKind kind, string ns, string name, string subresource, StoredObject present, JsonObject next, WriteOptions options, JsonArray? apply)
    {
        JsonObject before = present.Body;
        RequireKind(kind, next);
        JsonObject meta = next.EnsureObject("metadata");
        RequireNamespace(kind, ns, meta);
        if (options.IsReplacement && meta.Text("name") is null or "")
        {
            throw Refusals.BadRequest($"the name of the object ({name} based on URL) was undeterminable: name must be provided");
        }

        if (meta.Text("name") is { } given && given != name)
        {
            throw Refusals.OtherName(given, name);
        }

        if (meta.Text("uid") is { Length: > 0 } uid && uid != present.Uid)
        {
            throw Refusals.OtherUid(kind, name, uid, present.Uid);
        }

        if (meta.Text("resourceVersion") is not { Length: > 0 } version)
        {
            if (options.IsReplacement && kind.NeedsVersion)
            {
                throw Refusals.VersionMissing(kind, name);
            }
        }
        else if (version != before.Metadata().Text("resourceVersion"))
        {
            throw Refusals.Modified(kind, name);
        }

        var warnings = new List<string>();
        Strict(kind, next, options, warnings);
        JsonArray? ownership = apply ?? ManagedFields.Base(meta, before);
        next = subresource == "status" ? WithStatus(before, next) : kind.HasStatus ? WithoutStatus(before, next) : next;
        meta = next.EnsureObject("metadata");
        meta["resourceVersion"] = before.Metadata()["resourceVersion"]?.DeepClone();
        meta.Remove("managedFields");
        kind.Schema.Default(next);
        SystemFields.Continue(kind, next, before);
        RequireLegalFinalizers(kind, name, next, before);
        admission.Change(kind, ns, name, next, before);
        Validate(kind, name, next, before, options.IsReplacement);
        if (ownership is not null)
        {
            meta["managedFields"] = ownership;
        }

        if (apply is null)
        {
            ManagedFields.Updated(kind, next, before, options.Manager, subresource, clock.GetUtcNow());
        }

        if (ManagedFields.SameObject(next, before))
        {
            return new Written(present, Created: false, warnings);
        }

        ResourceId home = Conversion.Home(kind);
        if (options.DryRun)
        {
            return new Written(Unstored(home, ns, name, next), Created: false, warnings);
        }

        if (meta.Text("deletionTimestamp") is not null && meta.List("finalizers") is null or { Count: 0 } && !admission.KeepsDeleted(kind, next))
        {
            // The last finalizer leaves, and the object with it: watchers are told of one change, the end, with what was there before.
            store.Remove(home, new ObjectKey(ns, name));
            return new Written(Unstored(home, ns, name, next), Created: false, warnings);
        }

        return new Written(store.Put(home, next), Created: false, warnings);
    }

    public static void RequireKind(ServedKind kind, JsonObject body)
    {
        string apiVersion = body.Text("apiVersion") ?? "";
        string name = body.Text("kind") ?? "";
        if (apiVersion.Length == 0 && name.Length == 0)
        {
            body["apiVersion"] = kind.ApiVersion;
            body["kind"] = kind.Kind;
        }
        else if (name.Length == 0)
        {
            throw Refusals.BadRequest($"Object 'Kind' is missing in '{JsonText.Text(body)}'");
        }
        else if (apiVersion != kind.ApiVersion)
        {
            throw Refusals.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({kind.ApiVersion})");
        }
        else if (name != kind.Kind)
        {
            throw Refusals.BadRequest($"{name} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: no kind \"{name}\" is registered for version \"{kind.ApiVersion}\"");
        }
    }

    private static void RequireNamespace(ServedKind kind, string ns, JsonObject meta)
    {
        if (!kind.Namespaced)
        {
            meta.Remove("namespace");
            return;
        }

        if (meta.Text("namespace") is { Length: > 0 } given && given != ns)
        {
            throw Refusals.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        meta["namespace"] = ns;
    }

    /// <summary>Removes unknown fields, and says so as the client wants to hear it.</summary>
    private static void Strict(ServedKind kind, JsonObject body, WriteOptions options, List<string> warnings)
    {
        IReadOnlyList<string> unknown = kind.Schema.Prune(body);
        if (options.Validation == FieldValidation.Ignore || (unknown.Count == 0 && options.Duplicates.Count == 0))
        {
            return;
        }

        string[] found = [.. options.Duplicates.Select(f => $"duplicate field \"{f}\""), .. unknown.Select(f => $"unknown field \"{f}\"")];
        if (options.Validation == FieldValidation.Strict)
        {
            throw new StrictDecodingRefusal(kind, string.Join(", ", found));
        }

        warnings.AddRange(found);
    }

    private static JsonObject WithStatus(JsonObject before, JsonObject next)
    {
        JsonObject made = before.Copy();
        made.Remove("status");
        if (next.Remove("status", out JsonNode? status) && status is not null)
        {
            made["status"] = status;
        }

        return made;
    }

    private static JsonObject WithoutStatus(JsonObject before, JsonObject next)
    {
        next.Remove("status");
        if (before["status"] is { } status)
        {
            next["status"] = status.DeepClone();
        }

        return next;
    }

    private static void RequireLegalFinalizers(ServedKind kind, string name, JsonObject next, JsonObject before)
    {
        if (before.Metadata().Text("deletionTimestamp") is null)
        {
            return;
        }

        string[] had = [.. (before.Metadata().List("finalizers") ?? []).Select(f => f.AsText() ?? "")];
        string[] added = [.. (next.Metadata().List("finalizers") ?? []).Select(f => f.AsText() ?? "").Where(f => !had.Contains(f))];
        if (added.Length > 0)
        {
            throw Refusals.Invalid(kind, name, [new FieldError("FieldValueForbidden", "metadata.finalizers",
                $"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}")]);
        }
    }

    /// <param name="isBody">Whether the object is as a client sent it: the server cannot even read types that are not those of a built-in kind.</param>
    private static void Validate(ServedKind kind, string name, JsonObject next, JsonObject? before, bool isBody)
    {
        IReadOnlyList<FieldError> errors = kind.Schema.Validate(next, before);
        if (isBody && errors.FirstOrDefault(e => e.Kind == "FieldValueTypeInvalid") is { } unread
            && (unread.Path.StartsWith("metadata", StringComparison.Ordinal) || BuiltInKinds.Includes(kind.Group, kind.Version, kind.Kind)))
        {
            throw Refusals.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: json: cannot unmarshal into Go struct field {kind.Kind}.{unread.Path}: {unread.Message}");
        }

        if (errors.Count > 0)
        {
            throw Refusals.Invalid(kind, name, errors);
        }
    }

    private static StoredObject Unstored(ResourceId home, string ns, string name, JsonObject body) => new(home, new ObjectKey(ns, name), body, 0);
}
