using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

internal sealed record WatchLine(string Type, JsonObject Object)
{
    public string Name => (string?)Object["metadata"]?["name"] ?? "";

    public string Version => (string)Object["metadata"]!["resourceVersion"]!;

    public override string ToString() => $"{Type} {Name}";
}

/// <summary>An open watch, read event by event.</summary>
internal sealed class WatchReader : IDisposable
{
    private readonly HttpResponseMessage response;

    private readonly StreamReader reader;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        reader = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(HttpClient client, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        return new WatchReader(response, await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
    }

    /// <returns>The next event; null at the end.</returns>
    public async Task<WatchLine?> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string? line = await reader.ReadLineAsync(patience.Token).ConfigureAwait(false);
        return line is null or "" ? null : Parse(line);
    }

    /// <summary>The next events, as <c>TYPE name</c>.</summary>
    public async Task<string[]> NextAsync(int count)
    {
        var found = new List<string>();
        while (found.Count < count && await NextAsync().ConfigureAwait(false) is { } line)
        {
            found.Add(line.ToString());
        }

        return [.. found];
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }

    private static WatchLine Parse(string line)
    {
        JsonNode node = JsonNode.Parse(line)!;
        return new WatchLine((string)node["type"]!, (JsonObject)node["object"]!);
    }
}
