using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Serving;

/// <summary>PATCH in its kinds, told apart by the media type.</summary>
internal sealed class PatchRequest(ObjectWriter writer, ObjectStore store)
{
    public Written Apply(ServedKind kind, ApiRequest request, string mediaType, byte[] body, WriteOptions options, List<string> duplicates)
    {
        _ = store;
        switch (mediaType)
        {
            case "application/merge-patch+json":
                JsonNode patch = RequestBody.Tree(body, false, duplicates) as JsonObject ?? throw Refusals.BadRequest("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}");
                return Change(kind, request, options, present => (JsonObject)MergePatch.Apply(present, patch)!);
            default:
                throw Refusals.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml");
        }
    }

    private Written Change(ServedKind kind, ApiRequest request, WriteOptions options, Func<JsonObject, JsonObject> change) =>
        writer.Change(kind, request.Namespace, request.Name, request.Subresource, change, options);
}
