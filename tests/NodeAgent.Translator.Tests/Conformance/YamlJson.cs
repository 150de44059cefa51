using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Translator.Tests.Conformance;

/// <summary>YAML documents as JSON trees, by the reader that manifests go through.</summary>
internal static class YamlJson
{
    public static List<JsonNode> Documents(string yaml)
    {
        MarkedFile file = YamlReader.Read(yaml);
        Assert.Null(file.Fault);
        return
        [
            .. file.Documents
                .Where(d => d is not MarkedScalar { Type: ScalarType.Null })
                .Select(d => JsonNode.Parse(MarkedJson.Write(d).Utf8)!),
        ];
    }
}
