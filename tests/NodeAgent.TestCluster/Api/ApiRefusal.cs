using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Api;

/// <summary>
/// A request that is answered with a Status instead of an object. Thrown, because it unwinds a transaction; caught at one place only.
/// Wording is that of the API server.
/// </summary>
internal class ApiRefusal(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public JsonObject? Details { get; } = details;

    /// <summary>Of a list that cannot go on as it began: the token to go on otherwise.</summary>
    public string? Continue { get; init; }

    public int? RetryAfterSeconds => Details.Integer("retryAfterSeconds") is { } seconds ? (int)seconds : null;

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Continue is null ? [] : new JsonObject { ["continue"] = Continue },
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
        {
            status["reason"] = Reason;
        }

        if (Details is not null)
        {
            status["details"] = Details.DeepClone();
        }

        status["code"] = Code;
        return status;
    }
}
