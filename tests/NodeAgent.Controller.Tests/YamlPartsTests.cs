using System.Globalization;
using System.Text;
using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Controller.Tests;

public sealed class YamlPartsTests
{
    [Fact]
    public void A_large_file_says_the_same_whether_it_is_read_in_parts_or_whole()
    {
        var yaml = new StringBuilder("# head\n");
        for (int i = 0; i < 3000; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"---\n{Manifest.Service($"s{i}", i == 2500 ? 70000 : 80)}# ---\n");
        }

        string text = yaml.ToString();
        Assert.True(YamlParts.Cut(text, YamlParts.WorthAThread).Count > 2);

        ManifestRead parts = ManifestText.Read("a.yaml", text);
        ManifestRead whole = ManifestText.Read("a.yaml", text + "...\n");

        Assert.Equal(2999, parts.Objects.Length);
        Assert.Equal(whole.Objects.Select(o => o.Meta.Name), parts.Objects.Select(o => o.Meta.Name));
        Assert.Equal(whole.Places.AsEnumerable(), parts.Places.AsEnumerable());
        Assert.Equal(whole.Problems.AsEnumerable(), parts.Problems.AsEnumerable());
        Assert.Single(parts.Problems);
    }

    [Fact]
    public void Parts_are_cut_at_documents_and_make_up_the_text()
    {
        const string Text = "a: 1\n--- \nb: |\n  --- no document\n---x: 1\n---\nc: 1\n";

        List<YamlParts.Part> parts = YamlParts.Cut(Text, 0);

        Assert.Equal(["a: 1\n", "--- \nb: |\n  --- no document\n---x: 1\n", "---\nc: 1\n"], parts.Select(p => Text.Substring(p.Start, p.Length)));
        Assert.Equal([0, 1, 5], parts.Select(p => p.LinesBefore));
    }

    [Theory]
    [InlineData("%YAML 1.2\n---\na: 1\n---\nb: 1\n")]
    [InlineData("a: 1\n...\n---\nb: 1\n")]
    [InlineData("a: 1\r\n---\r\nb: 1\r\n")]
    public void Text_with_directives_ends_or_other_line_breaks_is_not_cut(string text) => Assert.Single(YamlParts.Cut(text, 0));
}
