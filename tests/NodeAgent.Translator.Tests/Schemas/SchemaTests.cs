using System.Collections.Concurrent;

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
    public void A_definition_is_well_formed(string file) => SchemaVerdicts.None(StructuralRules.Mistakes(Crd(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_field_is_in_some_valid_document(string file) => SchemaVerdicts.None(Coverage(file).Unreached);

    [Theory]
    [MemberData(nameof(Files))]
    public void What_the_schema_takes_is_decoded(string file) => SchemaVerdicts.None(SchemaVerdicts.WronglyRefused(Coverage(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_constraint_refuses_is_refused_with_its_place(string file)
    {
        SchemaVerdicts.None(SchemaVerdicts.WronglyTaken(Coverage(file)));
        Assert.True(Coverage(file).Broken.Count() > SchemaWalk.Declared(Coverage(file).Schema).Count(d => d.Declared.StartsWith(".spec", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_rule_refuses_is_refused(string file) => SchemaVerdicts.None(SchemaVerdicts.RulesNotKept(Coverage(file), $"samples/{file}"));

    private static CrdFile Crd(string file) => CrdFile.ReadFolder(Folder).Single(c => c.File == file);

    /// <summary>Documents written by hand; none where the file is not there.</summary>
    internal static IEnumerable<System.Text.Json.Nodes.JsonObject> SamplesOf(string file)
    {
        string path = Path.Combine(Tests, "Schemas", "samples", file);
        return File.Exists(path) ? CrdFile.Documents(File.ReadAllText(path)) : [];
    }

    private static SchemaCoverage Coverage(string file) => Coverages.GetOrAdd(file, name => new SchemaCoverage(Crd(name), SamplesOf(name)));
}
