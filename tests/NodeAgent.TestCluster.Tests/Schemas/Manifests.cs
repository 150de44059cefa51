using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.TestCluster.Tests.Schemas;

/// <summary>Objects of YAML files, and the folders they are read from.</summary>
internal static class Manifests
{
    /// <summary>The folder of the upstream manifests; null where there is none.</summary>
    public static string? Upstream { get; } =
        Environment.GetEnvironmentVariable("GATEWAY_API_DIR") is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    /// <summary>The repository's own deploy/crds.</summary>
    public static string OwnDefinitions { get; } = FindUp("deploy/crds");

    public static IEnumerable<JsonObject> ReadFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => Parse(File.ReadAllText(file)));

    /// <summary>Places the suite fills in are filled in.</summary>
    public static IEnumerable<JsonObject> Parse(string template)
    {
        string text = template
            .Replace("{GATEWAY_CONTROLLER_NAME}", "example.com/controller", StringComparison.Ordinal)
            .Replace("{GATEWAY_CLASS_NAME}", "conformance", StringComparison.Ordinal)
            .Replace("PLACEHOLDER_UNUSABLE_ADDRS", "203.0.113.1", StringComparison.Ordinal)
            .Replace("PLACEHOLDER_USABLE_ADDRS", "192.0.2.1", StringComparison.Ordinal);
        YamlStream stream = new();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => ToJson(document.RootNode)).OfType<JsonObject>();
    }

    public static JsonObject ParseOne(string text) => Parse(text).Single();

    private static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                JsonObject item = [];
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    item[((YamlScalarNode)key).Value ?? ""] = ToJson(value);
                }

                return item;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(ToJson)]);
            default:
                YamlScalarNode scalar = (YamlScalarNode)node;
                return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value ?? "") : JsonValue.Create(scalar.Value ?? "");
        }
    }

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => true,
        "false" => false,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && char.IsAsciiDigit(text[0]) => JsonNode.Parse(text),
        _ => text,
    };

    private static string FindUp(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string found = Path.Combine(folder.FullName, path);
            if (Directory.Exists(found))
            {
                return found;
            }
        }

        throw new DirectoryNotFoundException(path);
    }
}
