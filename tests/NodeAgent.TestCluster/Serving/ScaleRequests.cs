using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Serving;

/// <summary>The scale of an object (autoscaling/v1): shown from its replicas, and written to them.</summary>
internal sealed class ScaleRequests(ObjectStore store, ObjectWriter writer)
{
    public const string Subresource = "scale";

    private static readonly ServedKind Scale = new("autoscaling", "v1", "Scale", "scales", "", true, new PermissiveSchema("", "", ""));

    public ApiReply Answer(ServedKind kind, ApiRequest request, string mediaType, byte[] body, WriteOptions options)
    {
        switch (request.Verb)
        {
            case "get":
                return ApiReply.Of(Shown(kind, (store.Find(Conversion.Home(kind), new ObjectKey(request.Namespace, request.Name)) ?? throw Refusals.NotFound(kind, request.Name)).As(kind).Body));
            case "update":
                JsonObject wanted = RequestBody.Object(body, mediaType, []);
                return Change(kind, request, _ => wanted, options);
            case "patch" when mediaType == "application/json-patch+json":
                JsonArray operations = RequestBody.Tree(body, false, null) as JsonArray ?? throw Refusals.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return Change(kind, request, scale => JsonPatch.Apply(scale, operations), options);
            case "patch" when mediaType is "application/merge-patch+json" or "application/strategic-merge-patch+json":
                JsonObject patch = RequestBody.Object(body, "application/json", []);
                return Change(kind, request, scale => (JsonObject)MergePatch.Apply(scale, patch)!, options);
            case "patch":
                throw Refusals.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json");
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    private ApiReply Change(ServedKind kind, ApiRequest request, Func<JsonObject, JsonObject> change, WriteOptions options)
    {
        Written written = writer.Change(kind, request.Namespace, request.Name, Subresource, present =>
        {
            JsonObject scale = change(Shown(kind, present));
            ObjectWriter.RequireKind(Scale, scale);
            JsonObject next = present.Copy();
            Set(next, kind.Scale!.Replicas, JsonText.Number(scale.Object("spec").Integer("replicas") ?? 0));

            // The version of a scale is that of its object.
            next.Metadata()["resourceVersion"] = scale.Metadata()["resourceVersion"]?.DeepClone();
            return next;
        }, options);
        return ApiReply.Of(Shown(kind, written.Object.Body)) with { Warnings = written.Warnings };
    }

    private static JsonObject Shown(ServedKind kind, JsonObject item)
    {
        ScalePaths paths = kind.Scale!;
        var meta = new JsonObject();
        foreach (string field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            if (item.Metadata()[field] is { } value)
            {
                meta[field] = value.DeepClone();
            }
        }

        var status = new JsonObject { ["replicas"] = At(item, paths.StatusReplicas)?.DeepClone() ?? JsonText.Number(0) };
        if (Selector(At(item, paths.Selector)) is { Length: > 0 } selector)
        {
            status["selector"] = selector;
        }

        return new JsonObject
        {
            ["kind"] = Scale.Kind,
            ["apiVersion"] = Scale.ApiVersion,
            ["metadata"] = meta,
            ["spec"] = new JsonObject { ["replicas"] = At(item, paths.Replicas)?.DeepClone() ?? JsonText.Number(0) },
            ["status"] = status,
        };
    }

    /// <summary>A selector as text: as such in custom objects, as labels in built-in ones.</summary>
    private static string Selector(JsonNode? selector)
    {
        if (selector.AsText() is { } text)
        {
            return text;
        }

        IEnumerable<string> labels = (selector.Object("matchLabels") ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value.AsText()}");
        IEnumerable<string> expressions = (selector.List("matchExpressions") ?? []).Select(e => e.Text("operator") switch
        {
            "In" => $"{e.Text("key")} in ({Values(e)})",
            "NotIn" => $"{e.Text("key")} notin ({Values(e)})",
            "DoesNotExist" => $"!{e.Text("key")}",
            _ => e.Text("key") ?? "",
        });
        return string.Join(',', labels.Concat(expressions));
    }

    private static string Values(JsonNode? expression) => string.Join(',', (expression.List("values") ?? []).Select(v => v.AsText()).Order(StringComparer.Ordinal));

    private static JsonNode? At(JsonNode? item, string path)
    {
        foreach (string name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            item = (item as JsonObject)?[name];
        }

        return item;
    }

    private static void Set(JsonObject item, string path, JsonNode value)
    {
        string[] names = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names[..^1])
        {
            item = item.EnsureObject(name);
        }

        item[names[^1]] = value;
    }
}
