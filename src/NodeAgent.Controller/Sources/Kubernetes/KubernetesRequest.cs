using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Verb">As Kubernetes names it in RBAC rules and metrics.</param>
/// <param name="Path">With its query, from the root of the server.</param>
/// <param name="Resource">For metrics.</param>
internal sealed record KubernetesRequest(string Verb, HttpMethod Method, string Path, string Resource)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    /// <summary>Does not wait for the client-side rate limit.</summary>
    public bool Prior { get; init; }
}

/// <summary>An answer whose body is read as it comes.</summary>
/// <param name="Answer">The refusal where there is no response.</param>
internal sealed record ApiStream(ApiAnswer Answer, HttpResponseMessage? Response) : IDisposable
{
    /// <summary>Of a refusal: when the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public void Dispose() => Response?.Dispose();
}

/// <summary>Reads a <c>Status</c>, which is how an API server refuses.</summary>
internal static class ApiStatus
{
    private const int MaxShown = 500;

    public static (string Reason, string Message) Of(JsonObject? status) => (Text(status?["reason"]), OneLine(Text(status?["message"])));

    public static (int Code, string Reason, string Message) Of(JsonElement status) =>
        status.ValueKind != JsonValueKind.Object
            ? (0, "", "")
            : (status.TryGetProperty("code", out JsonElement code) && code.TryGetInt32(out int number) ? number : 0,
                Text(status, "reason"), OneLine(Text(status, "message")));

    public static string OneLine(string text) => FieldPath.OneLine(text.ReplaceLineEndings(" ").Trim(), MaxShown);

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static string Text(JsonElement status, string name) =>
        status.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
