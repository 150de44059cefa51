using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>Writes only as long as this process leads: who is told late that it leads no longer sends nothing more.</summary>
internal sealed class LeaderApi(IKubernetesApi api, Func<bool> leads) : IKubernetesApi
{
    private static readonly ApiAnswer NotLeader = new(0, null, "NotLeader", "another process leads");

    public Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel) =>
        api.GetAsync(resource, ns, name, cancel);

    public Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel) =>
        leads() ? api.CreateAsync(resource, ns, body, cancel) : Task.FromResult(NotLeader);

    public Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel) =>
        leads() ? api.ReplaceAsync(resource, ns, name, subresource, body, cancel) : Task.FromResult(NotLeader);

    public Task<ApiAnswer> PatchAsync(
        ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel) =>
        leads() ? api.PatchAsync(resource, ns, name, subresource, kind, body, cancel) : Task.FromResult(NotLeader);

    public Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel) =>
        leads() ? api.DeleteAsync(resource, ns, name, uid, cancel) : Task.FromResult(NotLeader);
}
