using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests;

public sealed class ManifestTextTests
{
    private static string[] Lines(string file, string text) =>
        [.. ManifestText.Read(file, text).Problems.Select(p => p.ToString())];

    [Fact]
    public void A_problem_is_one_line_with_file_line_object_and_field()
    {
        const string Yaml = """
            # a comment
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: n}
            spec:
              rules:
              - matches:
                - path: {type: Exact,
                    value: foo}
            """;

        Assert.Equal(
            "routes/a.yaml:9 HTTPRoute n/r spec.rules[0].matches[0].path.value: is \"foo\", must begin with '/'",
            Assert.Single(Lines("routes/a.yaml", Yaml)));
    }

    [Fact]
    public void A_missing_field_is_told_at_what_it_is_missing_from()
    {
        const string Yaml = """
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              type: ClusterIP
            """;

        Assert.StartsWith("a.yaml:4 Service default/s spec.ports: is missing", Assert.Single(Lines("a.yaml", Yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_holds_for_JSON_with_tabs_and_several_documents()
    {
        const string Json = "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"\\ud83d\\ude00\"}}\n"
            + "{\n\t\"apiVersion\": \"v1\", \"kind\": \"Service\",\n\t\"metadata\": {\"name\": \"s\"},\n\t\"spec\": {\"ports\": [\n\t\t{\"port\": 0}]}}";

        string[] lines = Lines("a.json", Json);

        Assert.StartsWith("a.json:1 Namespace ?? metadata.name: is \"??\"", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a.json:6 Service default/s spec.ports[0].port: is the number 0", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [1", "a.yaml:")]
    [InlineData("a: b\n c: d\n", "a.yaml:2: is no valid YAML")]
    [InlineData("kind: *x\n", "a.yaml:1: is no valid YAML: alias *x has no complete anchor before it")]
    [InlineData("a: &x [*x]\n", "a.yaml:1: is no valid YAML: alias *x has no complete anchor before it")]
    [InlineData("? [a]\n: b\n", "a.yaml:1: is no valid YAML: the name of a field must be text")]
    public void Text_that_is_no_YAML_is_told_with_its_line(string yaml, string start) =>
        Assert.StartsWith(start, Assert.Single(Lines("a.yaml", yaml)), StringComparison.Ordinal);

    [Fact]
    public void Too_deep_values_are_refused() =>
        Assert.Contains("nested deeper", Assert.Single(Lines("a.yaml", new string('[', 5000))), StringComparison.Ordinal);

    [Fact]
    public void Aliases_that_multiply_without_end_are_refused()
    {
        string yaml = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 12; i++)
        {
            yaml += $"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]\n";
        }

        Assert.Contains("aliases make the document too large", Assert.Single(Lines("a.yaml", yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_a_thousand_mistakes_does_not_flood_the_log()
    {
        string[] lines = Lines("a.yaml", string.Concat(Enumerable.Repeat("--- a\n", 1000)));

        Assert.Equal(ManifestFile.MaxProblems + 1, lines.Length);
        Assert.Contains("a.yaml: has 900 more problems", lines);
    }

    [Fact]
    public void A_field_given_twice_is_told_at_its_second_line() =>
        Assert.Equal(
            "a.yaml:4 Service default/s metadata.name: is given twice, each field may stand once",
            Assert.Single(Lines("a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: s,\n  name: t}\nspec: {ports: [{port: 1}]}")));

    [Fact]
    public void Anchors_and_merge_keys_are_resolved()
    {
        const string Yaml = """
            apiVersion: v1
            kind: Service
            metadata: {name: s}
            spec:
              ports:
              - &one {name: a, port: 1, protocol: UDP}
              - <<: *one
                name: b
                port: 2
            """;

        Service service = Assert.IsType<Service>(Assert.Single(ManifestText.Read("a.yaml", Yaml).Objects));

        Assert.Equal([new ServicePort("a", 1, "UDP", null), new ServicePort("b", 2, "UDP", null)], service.Ports.AsEnumerable());
    }

    [Theory]
    [InlineData("on")]
    [InlineData("yes")]
    [InlineData("1_000")]
    [InlineData("12:30")]
    [InlineData("1.2.3")]
    [InlineData("'1e3'")]
    [InlineData("\"true\"")]
    [InlineData("!!str 80")]
    public void Words_of_YAML_1_1_and_quoted_scalars_are_text(string scalar) => Assert.Empty(Lines("a.yaml", Annotated(scalar)));

    [Theory]
    [InlineData("1e3", "the number 1e3")]
    [InlineData("0x10", "the number 16")]
    [InlineData("007", "the number 7")]
    [InlineData("+.5", "the number 0.5")]
    [InlineData("True", "true")]
    public void Plain_numbers_and_truth_values_are_no_text(string scalar, string told) =>
        Assert.Contains($"is {told}, must be text: put it in quotes", Assert.Single(Lines("a.yaml", Annotated(scalar))), StringComparison.Ordinal);

    [Fact]
    public void A_List_is_its_items()
    {
        const string Yaml = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            - {apiVersion: v1, kind: Namespace, metadata: {name: B}}
            """;

        ManifestRead read = ManifestText.Read("a.yaml", Yaml);

        Assert.Equal("a", Assert.Single(read.Objects).Meta.Name);
        Assert.StartsWith("a.yaml:5 Namespace B metadata.name:", Assert.Single(read.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_that_are_not_read_are_told_once_each()
    {
        const string Job = "apiVersion: v1\nkind: Job\n";

        ManifestRead read = ManifestText.Read("a.yaml", Manifest.Documents(Job, Job, "apiVersion: v1\nkind: CronJob\n", Manifest.Service("s")));

        Assert.Equal([("Job", 1), ("CronJob", 7)], read.Ignored.Select(i => (i.Kind, i.Line)));
        Assert.Single(read.Objects);
        Assert.Empty(read.Problems);
    }

    [Fact]
    public void An_object_that_stands_twice_in_a_file_counts_once()
    {
        ManifestRead read = ManifestText.Read("a.yaml", Manifest.Documents(Manifest.Service("s", 1), Manifest.Service("s", 2)));

        Assert.Equal(1, Assert.IsType<Service>(Assert.Single(read.Objects)).Ports[0].Port);
        Assert.Equal("a.yaml:6 Service default/s: stands in this file a second time, the first (line 1) is used", Assert.Single(read.Problems).ToString());
    }

    [Fact]
    public void Whatever_bytes_a_file_has_reading_it_ends_well()
    {
        string valid = Manifest.Documents(Manifest.Service("a"), Annotated("&x [1, {b: *x}]"), Manifest.Service("b"));
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            char[] text = valid[..random.Next(valid.Length)].ToCharArray();
            for (int i = random.Next(6); i > 0 && text.Length > 0; i--)
            {
                text[random.Next(text.Length)] = "{}[]:,-&*!|>'\"%@`#?\n\t \\0a\ud800\u0085\u2028"[random.Next(27)];
            }

            ManifestRead read = ManifestText.Read(random.Next(4) == 0 ? "a.json" : "a.yaml", new string(text));
            return read.Problems.All(p => !p.ToString().Contains('\n', StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static string Annotated(string value) =>
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  annotations:\n    a: " + value + "\n";
}
