using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <param name="Body">Null when the answer is no JSON object.</param>
internal sealed record Answer(int Code, JsonObject? Body, HttpResponseMessage Http)
{
    public string Message => (string?)Body?["message"] ?? "";

    public string Reason => (string?)Body?["reason"] ?? "";

    public string Version => (string)Body!["metadata"]!["resourceVersion"]!;

    public long Generation => (long)Body!["metadata"]!["generation"]!;
}

/// <summary>Requests to a server, and what it says.</summary>
internal sealed class Api(HttpClient client)
{
    public const string ConfigMaps = "api/v1/namespaces/default/configmaps";

    public const string Deployments = "apis/apps/v1/namespaces/default/deployments";

    public static JsonObject ConfigMap(string name, params (string Key, string Value)[] data)
    {
        var values = new JsonObject();
        foreach ((string key, string value) in data)
        {
            values[key] = value;
        }

        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = values };
    }

    public static JsonObject Deployment(string name, int replicas = 1) => (JsonObject)JsonNode.Parse($$$"""
        {
          "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "{{{name}}}" },
          "spec": {
            "replicas": {{{replicas}}},
            "selector": { "matchLabels": { "app": "{{{name}}}" } },
            "template": {
              "metadata": { "labels": { "app": "{{{name}}}" } },
              "spec": { "containers": [ { "name": "one", "image": "one:1" } ] }
            }
          }
        }
        """)!;

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, null, null, accept);

    public Task<Answer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body.ToJsonString());

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    public Task<Answer> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public Task<Answer> MergeAsync(string path, string patch) => SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    public Task<Answer> PatchAsync(string path, string patch) => SendAsync(HttpMethod.Patch, path, patch, "application/json-patch+json");

    public Task<Answer> StrategicAsync(string path, string patch) => SendAsync(HttpMethod.Patch, path, patch, "application/strategic-merge-patch+json");

    public Task<Answer> ApplyAsync(string path, string manager, JsonNode body, bool force = false) =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager={manager}&force={(force ? "true" : "false")}", body.ToJsonString(), "application/apply-patch+yaml");

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? type = null, string? accept = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type ?? "application/json");
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response = await client.SendAsync(request).ConfigureAwait(false);
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return new Answer((int)response.StatusCode, text.StartsWith('{') ? (JsonObject)JsonNode.Parse(text)! : null, response);
    }
}
