using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>One version of one CustomResourceDefinition, read from its file.</summary>
internal sealed record CrdFile(string File, string Version, JsonObject Document, JsonObject Schema)
{
    public string Group => (string)Document["spec"]!["group"]!;

    public string Kind => (string)Document["spec"]!["names"]!["kind"]!;

    public bool ClusterScoped => (string?)Document["spec"]!["scope"] == "Cluster";

    /// <summary>One for each served version of each definition in the folder; other documents are left out.</summary>
    public static IEnumerable<CrdFile> ReadFolder(string folder) =>
        Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => Documents(System.IO.File.ReadAllText(file))
            .Where(d => (string?)d["kind"] == "CustomResourceDefinition")
            .SelectMany(d => d["spec"]!["versions"]!.AsArray()
                .Where(v => (bool)v!["served"]!)
                .Select(v => new CrdFile(
                    Path.GetFileName(file), (string)v!["name"]!, d, v["schema"]!["openAPIV3Schema"]!.AsObject()))));

    public static IEnumerable<JsonObject> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => ToJson(d.RootNode)).OfType<JsonObject>()];
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value!),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        "" or "null" or "~" => null,
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture))!.AsValue()
            : JsonValue.Create(text),
    };
}
