using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Resource">Null: the server does not serve the kind in any of the versions, or cannot say (see <paramref name="Problem"/>).</param>
/// <param name="Problem">Empty when the server has answered.</param>
public sealed record DiscoveryAnswer(ApiResource? Resource, string Problem = "");

/// <summary>
/// What kinds a server serves. Answers are shared for a short time, so that many who ask at once cost one request for
/// each group. Safe for any thread.
/// </summary>
public sealed class ApiDiscovery : IAsyncDisposable
{
    /// <summary>As long as a burst of questions lasts, such as that of all kinds at the start.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly KubernetesClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly CrdChanges _changes;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task<ApiAnswer> Answer, long At)> _asked = new(StringComparer.Ordinal);
    private Task? _following;

    public ApiDiscovery(KubernetesClient client)
    {
        _client = client;
        _changes = new CrdChanges(Forget);
    }

    /// <returns>The kind in the first of the versions that is served; null where none is, and where the server cannot say.</returns>
    public async Task<ApiResource?> FindAsync(string group, string kind, IReadOnlyList<string> preferredVersions, CancellationToken cancel) =>
        (await LookAsync(group, kind, preferredVersions, cancel)).Resource;

    /// <summary>As <see cref="FindAsync"/>, and tells a kind that is not served from a server that does not answer.</summary>
    public async Task<DiscoveryAnswer> LookAsync(string group, string kind, IReadOnlyList<string> preferredVersions, CancellationToken cancel)
    {
        HashSet<string>? served = null;
        if (group.Length > 0)
        {
            ApiAnswer answer = await AskAsync($"/apis/{group}", cancel);
            if (!answer.Ok)
            {
                return new DiscoveryAnswer(null, answer.NotFound ? await DoubtAsync(cancel) : answer.Message);
            }

            served = (answer.Body?["versions"] as JsonArray ?? []).Select(version => TextOf(version, "version")).ToHashSet(StringComparer.Ordinal);
        }

        foreach (string version in preferredVersions.Where(version => served is null || served.Contains(version)))
        {
            ApiAnswer answer = await AskAsync(group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}", cancel);
            if (!answer.Ok && !answer.NotFound)
            {
                return new DiscoveryAnswer(null, answer.Message);
            }

            JsonNode? found = (answer.Body?["resources"] as JsonArray ?? [])
                .FirstOrDefault(resource => TextOf(resource, "kind") == kind && !TextOf(resource, "name").Contains('/'));
            if (found is not null)
            {
                bool namespaced = found["namespaced"] is JsonValue value && value.TryGetValue(out bool flag) && flag;
                return new DiscoveryAnswer(new ApiResource(group, version, TextOf(found, "name"), kind, namespaced));
            }
        }

        // The core group is everywhere.
        return new DiscoveryAnswer(null, served is null ? await DoubtAsync(cancel) : "");
    }

    /// <summary>Ends when a CustomResourceDefinition of the group has come, changed or gone since <paramref name="seen"/>; see <see cref="Seen"/>.</summary>
    internal Task ChangedAsync(string group, long seen, CancellationToken cancel) => _changes.AfterAsync(group, seen).WaitAsync(cancel);

    internal long Seen(string group)
    {
        lock (_lock)
        {
            _following ??= _changes.FollowAsync(_client, _stop.Token);
        }

        return _changes.Seen(group);
    }

    /// <summary>Whether changes are told; if not, whoever waits for them has to ask again and again.</summary>
    internal bool Follows => _changes.Follows;

    internal TimeProvider Time => _client.Time;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await (_following ?? Task.CompletedTask);
        _stop.Dispose();
    }

    /// <summary>
    /// Whoever stands before an API server that is away may know no page at all, and all that we know would be gone.
    /// </summary>
    /// <returns>Why a server that does not know a group must not be believed; empty where it must.</returns>
    private async Task<string> DoubtAsync(CancellationToken cancel)
    {
        ApiAnswer groups = await AskAsync("/apis", cancel);
        return groups is { Ok: true, Body: JsonObject body } && body["groups"] is JsonArray ? ""
            : groups.Message.Length > 0 ? groups.Message
            : $"{_client.Access.Server} does not list its API groups, is this an API server?";
    }

    private async Task<ApiAnswer> AskAsync(string path, CancellationToken cancel)
    {
        Task<ApiAnswer> answer;
        lock (_lock)
        {
            if (!_asked.TryGetValue(path, out (Task<ApiAnswer> Answer, long At) asked) || _client.Time.GetElapsedTime(asked.At) > MaxAge)
            {
                asked = (_client.GetDocumentAsync(path, _stop.Token), _client.Time.GetTimestamp());
                _asked[path] = asked;
            }

            answer = asked.Answer;
        }

        return await answer.WaitAsync(cancel);
    }

    private void Forget()
    {
        lock (_lock)
        {
            _asked.Clear();
        }
    }

    private static string TextOf(JsonNode? node, string field) =>
        node is JsonObject map && map[field] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
