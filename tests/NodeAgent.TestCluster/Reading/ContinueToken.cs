using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Reading;

/// <summary>Where the next chunk of a list starts, and of which state.</summary>
/// <param name="Revision"><see cref="Latest"/> for whatever the state is when the next chunk is read.</param>
internal sealed record ContinueToken(long Revision, ObjectKey After)
{
    public const long Latest = -1;

    public override string ToString()
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Revision, ["start"] = $"{After.Namespace}/{After.Name}\0" };
        return Convert.ToBase64String(JsonText.Bytes(token)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <exception cref="ApiRefusal">400: not a token of ours.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            string padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
            JsonNode? token = JsonText.Parse(Convert.FromBase64String(padded));
            string[] start = (token.Text("start") ?? "").TrimEnd('\0').Split('/', 2);
            if (token.Integer("rv") is { } revision && start.Length == 2)
            {
                return new ContinueToken(revision, new ObjectKey(start[0], start[1]));
            }
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            // Answered below, like a token that lacks its fields.
        }

        throw Refusals.BadRequest("continue key is not valid: illegal base64 data or encoding");
    }
}
