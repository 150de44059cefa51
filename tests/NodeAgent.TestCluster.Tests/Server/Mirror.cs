using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>An informer in its simplest form: lists in chunks, watches from there, begins anew when told that its version is gone.</summary>
internal sealed class Mirror(HttpClient client, string path)
{
    private readonly Lock gate = new();

    private readonly Dictionary<string, string> versions = [];

    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Lists { get; private set; }

    /// <summary>What broke the order of events, if anything did.</summary>
    public string? Broken { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        string? version = null;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancel);
                version = await WatchAsync(version, cancel);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The connection broke: goes on from the version it has.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits until the mirror is what the server has.</summary>
    public async Task UntilAsync(IReadOnlyDictionary<string, string> wanted, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (versions.Count == wanted.Count && wanted.All(w => versions.GetValueOrDefault(w.Key) == w.Value))
                {
                    return;
                }

                next = moved.Task;
            }

            await next.WaitAsync(cancel);
        }
    }

    private async Task<string?> ListAsync(CancellationToken cancel)
    {
        var found = new Dictionary<string, string>();
        string token = "";
        while (true)
        {
            HttpResponseMessage response = await client.GetAsync($"{path}?limit=3&continue={token}", cancel);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            JsonNode list = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancel))!;
            foreach (JsonNode? item in list["items"]!.AsArray())
            {
                found[(string)item!["metadata"]!["name"]!] = (string)item["metadata"]!["resourceVersion"]!;
            }

            token = (string?)list["metadata"]!["continue"] ?? "";
            if (token.Length == 0)
            {
                Change(() =>
                {
                    Lists++;
                    versions.Clear();
                    foreach ((string name, string version) in found)
                    {
                        versions[name] = version;
                    }
                });
                return (string)list["metadata"]!["resourceVersion"]!;
            }
        }
    }

    /// <returns>The version to go on from; null to list anew.</returns>
    private async Task<string?> WatchAsync(string? version, CancellationToken cancel)
    {
        if (version is null)
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?watch=1&allowWatchBookmarks=true&resourceVersion={version}");
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!response.IsSuccessStatusCode)
            {
                return version;
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
            while (await reader.ReadLineAsync(cancel) is { } line)
            {
                JsonNode change = JsonNode.Parse(line)!;
                string type = (string)change["type"]!;
                if (type == "ERROR")
                {
                    return null;
                }

                string name = (string?)change["object"]!["metadata"]!["name"] ?? "";
                string next = (string)change["object"]!["metadata"]!["resourceVersion"]!;
                if (long.Parse(next, System.Globalization.CultureInfo.InvariantCulture) < long.Parse(version, System.Globalization.CultureInfo.InvariantCulture))
                {
                    Broken ??= $"{type} {name} {next} after {version}";
                }

                version = next;
                Change(() => Follow(type, name, next));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Broken in the middle of an event or before any: what was told is told.
        }

        return version;
    }

    private void Follow(string type, string name, string version)
    {
        bool had = versions.ContainsKey(name);
        switch (type)
        {
            case "ADDED" or "MODIFIED":
                Broken ??= had == (type == "ADDED") ? $"{type} of {name}, which was {(had ? "there" : "not there")}" : null;
                versions[name] = version;
                break;
            case "DELETED":
                Broken ??= had ? null : $"DELETED of {name}, which was not there";
                versions.Remove(name);
                break;
        }
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            moved.TrySetResult();
            moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
