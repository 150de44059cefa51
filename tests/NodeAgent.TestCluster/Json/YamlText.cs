using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.TestCluster.Json;

/// <summary>YAML as Kubernetes reads it: into JSON, document by document.</summary>
internal static partial class YamlText
{
    /// <summary>As deep as a JSON document may be.</summary>
    private const int Depth = 200;

    /// <returns>The documents that are not empty; items of a List one by one.</returns>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public static IReadOnlyList<JsonObject> Documents(string text)
    {
        var found = new List<JsonObject>();
        foreach (JsonNode? document in Nodes(text))
        {
            if (document is JsonObject item)
            {
                if (item.Text("kind") is "List" && item.List("items") is { } items)
                {
                    found.AddRange(items.OfType<JsonObject>().Select(i => i.Copy()));
                }
                else
                {
                    found.Add(item);
                }
            }
        }

        return found;
    }

    public static IEnumerable<JsonNode?> Nodes(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));

        // Once through text, so that numbers are like those of a request.
        return stream.Documents.Select(d => Node(d.RootNode)).Select(n => n is null ? null : JsonText.Parse(JsonText.Bytes(n)));
    }

    private static JsonNode? Node(YamlNode node, int depth = 0)
    {
        if (depth > Depth)
        {
            throw new YamlException(node.Start, node.End, "too deep, or an alias within what it stands for");
        }

        switch (node)
        {
            case YamlMappingNode map:
                var item = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    string name = (key as YamlScalarNode ?? throw new YamlException(key.Start, key.End, "a key is no text")).Value ?? "";
                    item[name] = Node(value, depth + 1);
                }

                return item;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(child => Node(child, depth + 1))]);
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                return null;
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal)))
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Whole().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            _ when Real().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) => JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Real();
}
