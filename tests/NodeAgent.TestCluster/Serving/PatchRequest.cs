using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.BuiltIn;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Ownership;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Serving;

/// <summary>PATCH in its kinds, told apart by the media type.</summary>
internal sealed class PatchRequest(ObjectWriter writer, ObjectStore store, TimeProvider clock)
{
    public Written Apply(ServedKind kind, ApiRequest request, string mediaType, byte[] body, WriteOptions options, List<string> duplicates)
    {
        bool builtIn = BuiltInKinds.Includes(kind.Group, kind.Version, kind.Kind);
        switch (mediaType)
        {
            case "application/json-patch+json":
                JsonArray operations = RequestBody.Tree(body, false, null) as JsonArray ?? throw Refusals.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return Change(kind, request, body, options, present => JsonPatch.Apply(present, operations));
            case "application/merge-patch+json":
                JsonObject patch = Object(body, duplicates);
                return Change(kind, request, body, options, present => (JsonObject)MergePatch.Apply(present, patch)!);
            case "application/strategic-merge-patch+json" when builtIn:
                JsonObject strategic = Object(body, duplicates);
                return Change(kind, request, body, options, present => StrategicMergePatch.Apply(present, strategic, kind.Schema.Root) as JsonObject ?? []);
            case "application/apply-patch+yaml" or "application/apply-patch+json":
                return ServerSide(kind, request, body, options);
            default:
                string accepted = builtIn
                    ? "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"
                    : "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
                throw Refusals.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: " + accepted);
        }
    }

    private static JsonObject Object(byte[] body, List<string> duplicates) =>
        RequestBody.Tree(body, false, duplicates) as JsonObject ?? throw Refusals.BadRequest("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}");

    private Written Change(ServedKind kind, ApiRequest request, byte[] body, WriteOptions options, Func<JsonObject, JsonObject> change)
    {
        try
        {
            return writer.Change(kind, request.Namespace, request.Name, request.Subresource, change, options);
        }
        catch (StrictDecodingRefusal strict)
        {
            // Of a patch it is the result that cannot be decoded, which is said in another way.
            throw Refusals.Invalid(kind, request.Name, [new Schemas.FieldError("FieldValueInvalid", "patch", $"Invalid value: {JsonText.Text(System.Text.Encoding.UTF8.GetString(body))}: strict decoding error: {strict.Found}")]);
        }
    }

    private Written ServerSide(ServedKind kind, ApiRequest request, byte[] body, WriteOptions options)
    {
        if (!options.ManagerGiven)
        {
            throw Refusals.Invalid(new ServedKind("meta.k8s.io", "v1", "PatchOptions", "", "", false, kind.Schema), "", [new Schemas.FieldError("FieldValueRequired", "fieldManager", "Required value: is required for apply patch")]);
        }

        JsonObject applied = RequestBody.Tree(body, yaml: body.AsSpan().TrimStart((byte)' ') is not [(byte)'{', ..], null) as JsonObject
            ?? throw Refusals.BadRequest("error decoding YAML: the patch is no object");
        if (applied.Text("apiVersion") is var version && version != kind.ApiVersion)
        {
            throw Refusals.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {version}, expected: {kind.ApiVersion}");
        }

        ObjectWriter.RequireKind(kind, applied);
        if (applied.Metadata()["managedFields"] is JsonArray { Count: > 0 })
        {
            throw Refusals.BadRequest("metadata.managedFields must be nil");
        }

        if (applied.Metadata().Text("name") is { } name && name != request.Name)
        {
            throw Refusals.OtherName(name, request.Name);
        }

        RequireDeclared(kind, request, applied);
        return store.Together(() =>
        {
            if (store.Find(Conversion.Home(kind), new ObjectKey(request.Namespace, request.Name))?.As(kind) is { } present)
            {
                (JsonObject item, JsonArray managers) = ServerSideApply.Apply(kind, present.Body, applied, request.Subresource, options, clock.GetUtcNow());
                return writer.Replace(kind, request.Namespace, request.Name, request.Subresource, present, item, options, managers);
            }

            if (request.Subresource.Length > 0)
            {
                throw Refusals.NotFound(kind, request.Name);
            }

            if (applied.Metadata().Text("uid") is { Length: > 0 } uid)
            {
                throw Refusals.Conflict(kind, request.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            }

            applied.EnsureObject("metadata")["name"] = request.Name;
            return writer.Create(kind, request.Namespace, applied, options, isApply: true);
        });
    }

    /// <summary>Ownership of unknown fields, and of items that are there twice, cannot be told, so that an apply has none, whatever fieldValidation says.</summary>
    private static void RequireDeclared(ServedKind kind, ApiRequest request, JsonObject applied)
    {
        IReadOnlyList<string> unknown = kind.Schema.Prune(applied);
        if (unknown.Count > 0)
        {
            string[] lines = [.. unknown.Select(f => $".{f}: field not declared in schema")];
            string all = lines.Length == 1 ? lines[0] : "errors:\n  " + string.Join("\n  ", lines);
            throw Untyped(all);
        }

        if (TypedTree.Duplicate(applied, kind.Schema.Root, "") is { } twice)
        {
            throw Untyped(twice);
        }

        ApiRefusal Untyped(string why)
        {
            string where = kind.Namespaced ? $"{request.Namespace}/{request.Name}" : $"/{request.Name}";
            return new ApiRefusal(500, "", $"failed to create typed patch object ({where}; {kind.ApiVersion}, Kind={kind.Kind}): {why}");
        }
    }
}
