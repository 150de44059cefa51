using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>Where a decoder and a schema differ, one line each.</summary>
internal static class SchemaVerdicts
{
    public static IEnumerable<string> WronglyRefused(SchemaCoverage coverage)
    {
        foreach (JsonNode document in coverage.Valid)
        {
            DecodeResult result = Decode(document);
            if (result.Ignored || result.Decoded is null)
            {
                yield return $"{(result.Ignored ? "no decoder" : string.Join("; ", result.Problems))}: {document.ToJsonString()}";
            }
        }

        if (coverage.Valid.Count == 0)
        {
            yield return "no valid document was found";
        }
    }

    public static IEnumerable<string> WronglyTaken(SchemaCoverage coverage)
    {
        foreach (BrokenDocument broken in coverage.Broken)
        {
            DecodeResult result = Decode(broken.Document);
            string at = SchemaWalk.Text(broken.Steps);
            if (SchemaValidator.Check(broken.Document, coverage.Schema).Count == 0)
            {
                yield return $"{broken}: the schema takes it, so the test is wrong";
            }
            else if (!result.Problems.Any(p => p.Path.StartsWith(at, StringComparison.Ordinal) || at.StartsWith(p.Path, StringComparison.Ordinal)))
            {
                yield return $"{broken}: {(result.Problems.IsEmpty ? "is decoded" : $"is told as {result.Problems[0]}")}";
            }
        }
    }

    public static IEnumerable<string> RulesNotKept(SchemaCoverage coverage, string samples)
    {
        foreach ((string rule, string declared, JsonNode? document) in coverage.BrokenRules())
        {
            if (document is null)
            {
                yield return $"{declared}: no document found that breaks only {rule}: write one in {samples}";
            }
            else if (Decode(document).Decoded is not null)
            {
                yield return $"{declared}: {rule}: decoded {document.ToJsonString()}";
            }
        }
    }

    /// <summary>Says all of them, where Assert.Empty would cut them short.</summary>
    public static void None(IEnumerable<string> mistakes)
    {
        string[] all = [.. mistakes];
        Assert.True(all.Length == 0, string.Join("\n", all));
    }

    private static DecodeResult Decode(JsonNode document)
    {
        using JsonDocument json = JsonDocument.Parse(document.ToJsonString());
        return ApiDecoder.Decode(json.RootElement);
    }
}
