using System.Text;

namespace NodeAgent.Translator.Tests.Golden;

/// <summary>
/// Every folder of testdata is a case. With GOLDEN_UPDATE=1 in the environment the expected files are written anew;
/// review them as a diff.
/// </summary>
public class GoldenTests
{
    private const int DiffLines = 12;

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(GoldenCase.Root).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Manifests_translate_to_what_the_case_says(string name)
    {
        var golden = new GoldenCase(Path.Combine(GoldenCase.Root, name));
        IReadOnlyDictionary<string, string> rendered = GoldenCase.Render(GatewayTranslator.Translate(golden.ReadState()));
        foreach ((string file, string actual) in rendered)
        {
            string path = Path.Combine(golden.Folder, file);
            if (Environment.GetEnvironmentVariable("GOLDEN_UPDATE") == "1")
            {
                File.WriteAllText(path, actual);
                continue;
            }

            string expected = File.Exists(path) ? File.ReadAllText(path) : "";
            if (actual != expected)
            {
                Assert.Fail($"{name}/{file} differs; run with GOLDEN_UPDATE=1 if that is meant\n{Diff(expected, actual)}");
            }
        }
    }

    [Fact]
    public void There_are_cases() => Assert.True(Cases.Count >= 20);

    /// <summary>The lines from the first that differs.</summary>
    private static string Diff(string expected, string actual)
    {
        string[] old = expected.Split('\n');
        string[] now = actual.Split('\n');
        int first = 0;
        while (first < old.Length && first < now.Length && old[first] == now[first])
        {
            first++;
        }

        var text = new StringBuilder().AppendLine($"line {first + 1}:");
        foreach (string line in old.Skip(first).Take(DiffLines))
        {
            text.AppendLine($"- {line}");
        }

        foreach (string line in now.Skip(first).Take(DiffLines))
        {
            text.AppendLine($"+ {line}");
        }

        return text.ToString();
    }
}
