using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Every status that an object ever had, as the storage of the API server saw it, also while nobody serves it.</summary>
internal sealed class StatusHistory : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private readonly Task _following;

    public StatusHistory(WritersWorld world, string kind, string name) => _following = FollowAsync(world, kind, name);

    public ConcurrentQueue<JsonObject> Statuses { get; } = new();

    /// <summary>The values that each condition of ours went through, by what it is about; the same one in a row counts once.</summary>
    public Dictionary<string, List<string>> Turns(string field)
    {
        var turns = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (JsonObject status in Statuses)
        {
            IEnumerable<(string Part, JsonNode? Owner)> owners = [("", status), .. Entries(status, "listeners"), .. Entries(status, "parents")];
            foreach ((string part, JsonNode? owner) in owners)
            {
                foreach (JsonNode? condition in owner?["conditions"] as JsonArray ?? [])
                {
                    List<string> values = turns.TryGetValue($"{part} {condition!["type"]}", out List<string>? known) ? known : turns[$"{part} {condition["type"]}"] = [];
                    string value = condition[field]!.ToString();
                    if (values.Count == 0 || values[^1] != value)
                    {
                        values.Add(value);
                    }
                }
            }
        }

        return turns;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private static IEnumerable<(string, JsonNode?)> Entries(JsonObject status, string list) =>
        (status[list] as JsonArray ?? []).Select((e, i) => ($"{list} {i}", e));

    private async Task FollowAsync(WritersWorld world, string kind, string name)
    {
        try
        {
            await world.Server.UntilAsync(WritersWorld.Group, kind, "default", name, Saw, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know more.
        }

        bool Saw(JsonObject? item)
        {
            if (item?["status"] is JsonObject status)
            {
                Statuses.Enqueue((JsonObject)status.DeepClone());
            }

            return false;
        }
    }
}
