using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace NodeAgent.Translator.Tests.Golden;

/// <summary>JSON as YAML, in the order it comes, for people to review.</summary>
internal static class JsonAsYaml
{
    private static readonly ISerializer Serializer = new SerializerBuilder().WithQuotingNecessaryStrings().WithIndentedSequences().WithNewLine("\n").Build();

    public static string Write(string json) => Serializer.Serialize(Plain(JsonNode.Parse(json))!);

    /// <summary>Without supportedFeatures, which are the same in every case and have a test of their own.</summary>
    public static string Write(ObjectStatus status)
    {
        var shown = (JsonObject)status.Status.DeepClone();
        shown.Remove("supportedFeatures");
        return Write(status, shown);
    }

    private static string Write(ObjectStatus status, JsonObject shown) => Serializer.Serialize(Plain(new JsonObject
    {
        ["apiVersion"] = status.ApiVersion,
        ["kind"] = status.Kind,
        ["metadata"] = status.Namespace.Length == 0
            ? new JsonObject { ["name"] = status.Name }
            : new JsonObject { ["namespace"] = status.Namespace, ["name"] = status.Name },
        ["status"] = shown,
    })!);

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(p => p.Key, p => Plain(p.Value)),
        JsonArray list => list.Select(Plain).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => long.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        },
        _ => null,
    };
}
