using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>What an API server said to one request. Refusals and lost connections are values, never exceptions.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer (see <paramref name="Message"/>).</param>
/// <param name="Body">The object; null when there is none.</param>
/// <param name="Reason">Of a refusal: <c>Conflict</c>, <c>NotFound</c>, <c>AlreadyExists</c>, <c>Expired</c>, ...; empty else.</param>
/// <param name="Message">Of a refusal or a lost connection: one line for the operator; empty else.</param>
public sealed record ApiAnswer(int Status, JsonObject? Body, string Reason = "", string Message = "")
{
    public bool Ok => Status is >= 200 and < 300;

    /// <summary>The object has changed since it was read (409, and not that it exists already).</summary>
    public bool Conflict => Status == 409 && Reason != "AlreadyExists";

    public bool AlreadyExists => Status == 409 && Reason == "AlreadyExists";

    public bool NotFound => Status == 404;

    /// <summary>Worth trying again later just as it is: no answer, 429, or the server's own trouble.</summary>
    public bool Transient => Status is 0 or 429 or >= 500;

    public override string ToString() => Ok ? $"{Status}" : $"{Status} {Reason}: {Message}";
}
