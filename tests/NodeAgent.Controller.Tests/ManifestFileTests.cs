using System.Text;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests;

public sealed class ManifestFileTests
{
    private static readonly string Three = Manifest.Documents(Manifest.Service("a"), Manifest.Service("b"), Manifest.Service("c"));

    private static ManifestFile Good => ManifestFile.New("f.yaml").With(Encoding.UTF8.GetBytes(Three));

    private static ManifestFile After(string content) => Good.With(Encoding.UTF8.GetBytes(content));

    private static IEnumerable<string> Names(ManifestFile file) => file.Objects.Select(kept => kept.Object.Meta.Name).Order(StringComparer.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n---\n")]
    [InlineData("{")]
    [InlineData("a: b: c")]
    [InlineData("just a word")]
    public void A_file_that_says_nothing_of_use_keeps_all_of_its_objects(string content)
    {
        ManifestFile file = After(content);

        Assert.Equal(["a", "b", "c"], Names(file));
        Assert.NotEmpty(file.Problems);
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_it_loses_no_object_but_by_a_clean_cut()
    {
        int kept = 0;
        for (int length = 0; length < Three.Length; length++)
        {
            ManifestFile file = After(Three[..length]);
            if (file.Objects.Length == 3)
            {
                kept++;
            }
            else
            {
                // What is left is valid on its own: nothing tells it from an edit.
                Assert.Empty(file.Problems);
                Assert.NotEmpty(file.Objects);
            }
        }

        Assert.InRange(kept, Three.Length * 9 / 10, Three.Length);
    }

    [Fact]
    public void A_document_with_problems_keeps_the_last_good_version_of_its_object_and_others_go_on()
    {
        ManifestFile file = After(Manifest.Documents(Manifest.Service("a", 0), Manifest.Service("b", 81)));

        Assert.Equal(["a", "b"], Names(file));
        Assert.Equal([80, 81], file.Objects.Select(kept => ((Service)kept.Object).Ports[0].Port));
        Assert.Single(file.Problems);
    }

    [Fact]
    public void An_object_taken_out_of_a_sound_file_is_gone() => Assert.Equal(["a", "c"], Names(After(Manifest.Documents(Manifest.Service("a"), Manifest.Service("c")))));

    [Fact]
    public void What_was_kept_goes_when_the_file_is_mended()
    {
        ManifestFile mended = After("{").With(Encoding.UTF8.GetBytes(Manifest.Service("a")));

        Assert.Equal(["a"], Names(mended));
        Assert.Empty(mended.Problems);
    }

    [Fact]
    public void Documents_that_did_not_change_are_the_same_objects()
    {
        ManifestFile before = Good;

        ManifestFile after = before.With(Encoding.UTF8.GetBytes(
            Manifest.Documents("# moved down\n" + Manifest.Service("c"), Manifest.Service("b", 81), Manifest.Service("a"))));

        Assert.Same(before.Objects[0].Object, after.Objects[2].Object);
        Assert.Same(before.Objects[2].Object, after.Objects[0].Object);
        Assert.NotSame(before.Objects[1].Object, after.Objects[1].Object);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        ManifestFile file = Good.With([0x61, 0xff]);

        Assert.Equal("f.yaml: is not UTF-8 text, the last good versions of its 3 objects keep serving", Assert.Single(file.Problems).ToString());
    }
}
