using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.Conformance;

/// <summary>
/// What only the world around a case knows. A text <c>{NAME}</c> in its objects and patches is the CA certificate of the
/// ConfigMap NAME; <c>{endpoints SERVICE}</c> is a list of endpoints, one for each IPv4 address of the pods of that Service.
/// </summary>
public static partial class CasePlaceholders
{
    /// <returns>A copy with all of them filled in.</returns>
    /// <param name="authority">The PEM text by the ConfigMap's name.</param>
    /// <param name="podAddresses">By the Service's name.</param>
    public static JsonNode Fill(JsonNode node, Func<string, string> authority, Func<string, IEnumerable<string>> podAddresses)
    {
        ArgumentNullException.ThrowIfNull(node);
        string json = Endpoints().Replace(node.ToJsonString(), m => EndpointsOf(podAddresses(m.Groups[1].Value)));
        return JsonNode.Parse(Authority().Replace(json, m => JsonValue.Create(authority(m.Groups[1].Value)).ToJsonString()))!;
    }

    private static string EndpointsOf(IEnumerable<string> addresses) =>
        new JsonArray([.. addresses.Select(a => new JsonObject { ["addresses"] = new JsonArray(a) })]).ToJsonString();

    [GeneratedRegex("\"{([a-z-]+)}\"")]
    private static partial Regex Authority();

    [GeneratedRegex("\"{endpoints ([a-z0-9-]+)}\"")]
    private static partial Regex Endpoints();
}
