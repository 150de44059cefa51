using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.Conformance;

/// <summary>
/// What only the world around a case knows. A text <c>{NAME}</c> in its objects and patches is the CA certificate of the
/// ConfigMap NAME; <c>{pod SERVICE}</c> is the IPv4 address of one of the pods of that Service.
/// </summary>
public static partial class CasePlaceholders
{
    /// <returns>A copy with all of them filled in.</returns>
    /// <param name="authority">The PEM text by the ConfigMap's name.</param>
    /// <param name="podAddress">The address by the Service's name.</param>
    public static JsonNode Fill(JsonNode node, Func<string, string> authority, Func<string, string> podAddress)
    {
        ArgumentNullException.ThrowIfNull(node);
        string json = PodAddress().Replace(node.ToJsonString(), m => Json(podAddress(m.Groups[1].Value)));
        return JsonNode.Parse(Authority().Replace(json, m => Json(authority(m.Groups[1].Value))))!;
    }

    private static string Json(string text) => JsonValue.Create(text).ToJsonString();

    [GeneratedRegex("\"{([a-z-]+)}\"")]
    private static partial Regex Authority();

    [GeneratedRegex("\"{pod ([a-z0-9-]+)}\"")]
    private static partial Regex PodAddress();
}
