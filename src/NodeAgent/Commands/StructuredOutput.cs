using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Commands;

/// <summary>Writes a JSON tree as JSON or as YAML, for <c>-o json|yaml</c>.</summary>
internal static class StructuredOutput
{
    private static readonly JsonSerializerOptions JsonOptions =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, JsonNode node, bool yaml)
    {
        if (yaml)
        {
            YamlText.Write(output, node);
        }
        else
        {
            output.WriteLine(node.ToJsonString(JsonOptions));
        }
    }
}
