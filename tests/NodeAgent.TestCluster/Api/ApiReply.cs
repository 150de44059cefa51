using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Api;

/// <summary>An answer that is written at once.</summary>
internal sealed record ApiReply(int Code, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    /// <summary>What the client should show its user; each becomes a Warning header.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public int? RetryAfterSeconds { get; init; }

    public string? ETag { get; init; }

    public static ApiReply Of(JsonNode body, int code = 200) => new(code, JsonText.Bytes(body));

    public static ApiReply Of(ApiRefusal refusal) => refusal.Message == Refusals.NoSuchPage ? Text(Refusals.NoSuchPage + "\n", 404) : new(refusal.Code, JsonText.Bytes(refusal.ToStatus())) { RetryAfterSeconds = refusal.RetryAfterSeconds };

    public static ApiReply Text(string text, int code = 200) => new(code, System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");
}
