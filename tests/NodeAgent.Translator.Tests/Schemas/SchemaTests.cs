using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>
/// Every definition in deploy/crds: it is well-formed, and the decoder takes and refuses what its schema takes and
/// refuses. Documents are made from the schema; what cannot be made is written by hand in samples/FILE of this folder.
/// </summary>
public class SchemaTests
{
    private static readonly string Tests = Golden.GoldenCase.Root[..^"/testdata".Length];

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Tests, "../../deploy/crds"));

    private static readonly ConcurrentDictionary<string, SchemaCoverage> Coverages = new(StringComparer.Ordinal);

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_definitions() => Assert.True(Files.Count >= 3);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_definition_is_well_formed(string file) => None(StructuralRules.Mistakes(Crd(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_field_is_in_some_valid_document(string file) => None(Coverage(file).Unreached);

    [Theory]
    [MemberData(nameof(Files))]
    public void What_the_schema_takes_is_decoded(string file)
    {
        Assert.NotEmpty(Coverage(file).Valid);
        Assert.All(Coverage(file).Valid, document =>
        {
            DecodeResult result = Decode(document);
            Assert.False(result.Ignored, "the decoder does not know the kind");
            Assert.True(result.Problems.IsEmpty, $"{string.Join("\n", result.Problems)}\n{document.ToJsonString()}");
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_constraint_refuses_is_refused_with_its_place(string file)
    {
        var wrong = new List<string>();
        foreach (BrokenDocument broken in Coverage(file).Broken)
        {
            Assert.NotEmpty(SchemaValidator.Check(broken.Document, Coverage(file).Schema));
            DecodeResult result = Decode(broken.Document);
            string at = SchemaWalk.Text(broken.Steps);
            if (!result.Problems.Any(p => p.Path.StartsWith(at, StringComparison.Ordinal) || at.StartsWith(p.Path, StringComparison.Ordinal)))
            {
                wrong.Add($"{broken}: {(result.Problems.IsEmpty ? "is decoded" : $"is told as {result.Problems[0]}")}");
            }
        }

        None(wrong);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_rule_refuses_is_refused(string file)
    {
        var wrong = new List<string>();
        foreach ((string rule, string declared, JsonNode? document) in Coverage(file).BrokenRules())
        {
            if (document is null)
            {
                wrong.Add($"{declared}: no document found that breaks only {rule}: write one in samples/{file}");
            }
            else if (Decode(document).Problems.IsEmpty)
            {
                wrong.Add($"{declared}: {rule}: decoded {document.ToJsonString()}");
            }
        }

        None(wrong);
    }

    internal static DecodeResult Decode(JsonNode document)
    {
        using JsonDocument json = JsonDocument.Parse(document.ToJsonString());
        return ApiDecoder.Decode(json.RootElement);
    }

    /// <summary>Says all of them, where Assert.Empty would cut them short.</summary>
    private static void None(IEnumerable<string> mistakes)
    {
        string[] all = [.. mistakes];
        Assert.True(all.Length == 0, string.Join("\n", all));
    }

    private static CrdFile Crd(string file) => CrdFile.ReadFolder(Folder).Single(c => c.File == file);

    private static SchemaCoverage Coverage(string file) => Coverages.GetOrAdd(file, name =>
    {
        string samples = Path.Combine(Tests, "Schemas", "samples", name);
        return new SchemaCoverage(Crd(name), File.Exists(samples) ? CrdFile.Documents(File.ReadAllText(samples)) : []);
    });
}
