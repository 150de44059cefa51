using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.World;

/// <summary>Requests of the suite, and of the controllers that a cluster has of its own, to an API server.</summary>
/// <param name="http">Trusts the server and is let in.</param>
public sealed class ClusterApi(HttpClient http, Uri server)
{
    /// <summary>Creates the object, or replaces it when it is there.</summary>
    /// <exception cref="ClusterApiException">The server refuses it.</exception>
    public async Task ApplyAsync(JsonObject document, CancellationToken cancel)
    {
        (SuiteKind kind, string? ns, string name, string version) = Name(document);
        while (true)
        {
            using HttpResponseMessage created = await http.PostAsync(At(kind.Path(ns, null, version)), Body(document), cancel);
            if (created.StatusCode != HttpStatusCode.Conflict)
            {
                await EnsureAsync(created, document, cancel);
                return;
            }

            if (await FindAsync(kind, ns, name, cancel) is not JsonObject existing)
            {
                continue;
            }

            JsonObject replacement = document.DeepClone().AsObject();
            replacement["metadata"]!["resourceVersion"] = existing["metadata"]!["resourceVersion"]!.DeepClone();
            using HttpResponseMessage replaced = await http.PutAsync(At(kind.Path(ns, name, version)), Body(replacement), cancel);
            if (replaced.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.NotFound))
            {
                await EnsureAsync(replaced, document, cancel);
                return;
            }
        }
    }

    /// <summary>A JSON merge patch (RFC 7396).</summary>
    /// <param name="subresource">Such as <c>status</c>.</param>
    /// <exception cref="ClusterApiException">The server refuses it.</exception>
    public async Task PatchAsync(SuiteKind kind, string? ns, string name, JsonObject patch, string? subresource, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, At(kind.Path(ns, name) + (subresource is null ? "" : $"/{subresource}")))
        {
            Content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json"),
        };
        using HttpResponseMessage response = await http.SendAsync(request, cancel);
        await EnsureAsync(response, patch, cancel);
    }

    /// <returns>False when there is no such object.</returns>
    /// <exception cref="ClusterApiException">The server refuses it.</exception>
    public async Task<bool> DeleteAsync(SuiteKind kind, string? ns, string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await http.DeleteAsync(At(kind.Path(ns, name)), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await EnsureAsync(response, null, cancel);
        return true;
    }

    /// <returns>Null when there is none.</returns>
    public async Task<JsonObject?> FindAsync(SuiteKind kind, string? ns, string name, CancellationToken cancel)
    {
        using HttpResponseMessage response = await http.GetAsync(At(kind.Path(ns, name)), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await EnsureAsync(response, null, cancel);
        return await response.Content.ReadFromJsonAsync<JsonObject>(cancel);
    }

    /// <returns>The objects of all namespaces, and the resourceVersion from which a watch goes on.</returns>
    public async Task<(IReadOnlyList<JsonObject> Items, string ResourceVersion)> ListAsync(SuiteKind kind, CancellationToken cancel)
    {
        using HttpResponseMessage response = await http.GetAsync(At(kind.Path(null)), cancel);
        await EnsureAsync(response, null, cancel);
        JsonObject list = (await response.Content.ReadFromJsonAsync<JsonObject>(cancel))!;
        return ([.. Expectation.Items(list["items"]).Select(i => i.AsObject())], (string)list["metadata"]!["resourceVersion"]!);
    }

    /// <summary>Ends when the server ends it; what was missed since is to be listed anew.</summary>
    public async IAsyncEnumerable<(string Type, JsonObject Object)> WatchAsync(
        SuiteKind kind, string resourceVersion, [EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpResponseMessage response = await http.GetAsync(
            At($"{kind.Path(null)}?watch=1&resourceVersion={resourceVersion}"), HttpCompletionOption.ResponseHeadersRead, cancel);
        await EnsureAsync(response, null, cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await lines.ReadLineAsync(cancel) is string line)
        {
            JsonObject change = JsonNode.Parse(line)!.AsObject();
            yield return ((string)change["type"]!, change["object"]!.AsObject());
        }
    }

    private static (SuiteKind Kind, string? Namespace, string Name, string ApiVersion) Name(JsonObject document)
    {
        JsonNode metadata = document["metadata"]!;
        return (SuiteKind.All[(string)document["kind"]!], (string?)metadata["namespace"], (string)metadata["name"]!, (string)document["apiVersion"]!);
    }

    private static StringContent Body(JsonObject document) => new(document.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task EnsureAsync(HttpResponseMessage response, JsonObject? sent, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
        {
            string said = await response.Content.ReadAsStringAsync(cancel);
            throw new ClusterApiException(
                $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.PathAndQuery} ({(string?)sent?["metadata"]?["name"]}): {(int)response.StatusCode} {said}");
        }
    }

    private Uri At(string path) => new(server, path);
}

/// <summary>The API server refused a request that the suite must be able to make.</summary>
public sealed class ClusterApiException : Exception
{
    public ClusterApiException()
    {
    }

    public ClusterApiException(string message)
        : base(message)
    {
    }

    public ClusterApiException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
