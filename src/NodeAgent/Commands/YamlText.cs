using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Commands;

/// <summary>
/// A JSON tree in YAML block style. Every JSON string is a YAML double-quoted scalar, so only strings that no
/// YAML reader could take for something else are written plain.
/// </summary>
internal static class YamlText
{
    private static readonly SearchValues<char> PlainChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");

    // YAML 1.1 readers take these for booleans or null, in any case.
    private static readonly HashSet<string> Words =
        new(["true", "false", "yes", "no", "on", "off", "y", "n", "null"], StringComparer.OrdinalIgnoreCase);

    public static void Write(TextWriter output, JsonNode node) => WriteBlock(output, node, indent: 0, inList: false);

    /// <param name="inList">The caller has already written <c>- </c>, so the first line needs no indent.</param>
    private static void WriteBlock(TextWriter output, JsonNode? node, int indent, bool inList)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                bool first = inList;
                foreach ((string name, JsonNode? value) in map)
                {
                    WriteIndent(output, first ? 0 : indent);
                    first = false;
                    output.Write(Scalar(name));
                    output.Write(':');
                    WriteValue(output, value, value is JsonArray ? indent : indent + 2);
                }

                break;
            case JsonArray { Count: > 0 } list:
                bool firstItem = inList;
                foreach (JsonNode? item in list)
                {
                    WriteIndent(output, firstItem ? 0 : indent);
                    firstItem = false;
                    output.Write("- ");
                    WriteBlock(output, item, indent + 2, inList: true);
                }

                break;
            default:
                output.WriteLine(Flow(node));
                break;
        }
    }

    private static void WriteValue(TextWriter output, JsonNode? value, int indent)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
        {
            output.WriteLine();
            WriteBlock(output, value, indent, inList: false);
        }
        else
        {
            output.Write(' ');
            output.WriteLine(Flow(value));
        }
    }

    private static string Flow(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Scalar(value.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    private static string Scalar(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !text.AsSpan().ContainsAnyExcept(PlainChars) && !Words.Contains(text)
            ? text
            : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static void WriteIndent(TextWriter output, int count)
    {
        for (int i = 0; i < count; i++)
        {
            output.Write(' ');
        }
    }
}
