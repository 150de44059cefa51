using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.OpenApi;

namespace NodeAgent.TestCluster.Serving;

/// <summary>/openapi/v3 and what is under it. Documents are made when asked for and kept until the kinds change.</summary>
internal sealed class OpenApiPages(KindRegistry kinds)
{
    private readonly Lock gate = new();

    private readonly Dictionary<string, byte[]> documents = [];

    private long edition = -1;

    /// <returns>Null when the path leads to nothing.</returns>
    public ApiReply? Answer(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["openapi", "v3"] => ApiReply.Of(Index()),
            ["openapi", "v3", "api", string version] => Page("", version),
            ["openapi", "v3", "apis", string group, string version] => Page(group, version),
            _ => null,
        };
    }

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach ((string group, string version) in kinds.All.Select(k => (k.Group, k.Version)).Distinct())
        {
            string name = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
            string hash = Convert.ToHexString(SHA256.HashData(Document(group, version)));
            paths[name] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{name}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private ApiReply? Page(string group, string version) =>
        kinds.All.Any(k => k.Group == group && k.Version == version) ? new ApiReply(200, Document(group, version)) : null;

    private byte[] Document(string group, string version)
    {
        lock (gate)
        {
            long now = kinds.Edition;
            ImmutableArray<ServedKind> served = kinds.All;
            if (edition != now)
            {
                documents.Clear();
                edition = now;
            }

            string key = $"{group}/{version}";
            if (!documents.TryGetValue(key, out byte[]? text))
            {
                documents[key] = text = JsonText.Bytes(OpenApiDocument.Of(group, version, served));
            }

            return text;
        }
    }
}
