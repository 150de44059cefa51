using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>How the body of a PATCH is meant.</summary>
public enum PatchKind
{
    /// <summary>RFC 7396.</summary>
    Merge,

    /// <summary>RFC 6902.</summary>
    Json,

    /// <summary>Server-side apply as our field manager, forced: what we apply is ours.</summary>
    Apply,
}

/// <summary>
/// Single requests to an API server. Each waits for the client-side rate limit, is bounded in time, and is tried again
/// on 429 and 503 as long as the server asks for it (Retry-After) within that time. Safe for any thread.
/// </summary>
public interface IKubernetesApi
{
    Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel);

    Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel);

    /// <summary>PUT: fails with a conflict unless the body has the resourceVersion that the server has.</summary>
    Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel);

    Task<ApiAnswer> PatchAsync(
        ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel);

    /// <param name="uid">Only the object with this UID; null: whichever has the name.</param>
    Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel);
}
