using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class PathEditsTests
{
    [Theory]
    [InlineData("/foo/bar", "/foo", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo", "/xyz/", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz", "/xyz/bar")]
    [InlineData("/foo/bar", "/foo/", "/xyz/", "/xyz/bar")]
    [InlineData("/foo", "/foo", "/xyz", "/xyz")]
    [InlineData("/foo/", "/foo", "/xyz", "/xyz/")]
    [InlineData("/foo/bar", "/foo", "", "/bar")]
    [InlineData("/foo/", "/foo", "", "/")]
    [InlineData("/foo", "/foo", "", "/")]
    [InlineData("/foo/", "/foo", "/", "/")]
    [InlineData("/foo", "/foo", "/", "/")]
    [InlineData("/foo/bar", "/", "/xyz", "/xyz/foo/bar")]
    [InlineData("/prefix/one/two", "/prefix/one", "/one", "/one/two")]
    [InlineData("/strip-prefix/three", "/strip-prefix", "/", "/three")]
    [InlineData("/foo//bar", "/foo", "xyz", "/xyz//bar")]
    public void A_prefix_is_replaced_by_whole_elements(string path, string prefix, string replacement, string expected)
    {
        var edit = new PathEdit(PathEditType.ReplacePrefix, replacement);
        Assert.Equal(expected, PathEdits.Apply(edit, path, prefix.Length, ""));
        Assert.Equal(expected + "?a=b", PathEdits.Apply(edit, path, prefix.Length, "a=b"));
    }

    [Theory]
    [InlineData("/one", "/one")]
    [InlineData("", "/")]
    [InlineData("one", "/one")]
    [InlineData("/a b\r\nX: y", "/a%20b%0D%0AX:%20y")]
    [InlineData("/é🐋", "/%C3%A9%F0%9F%90%8B")]
    [InlineData("/a%2Fb%", "/a%2Fb%25")]
    [InlineData("/a?b#c", "/a%3Fb%23c")]
    public void A_full_path_is_replaced_and_can_end_no_line(string replacement, string expected)
    {
        var edit = new PathEdit(PathEditType.ReplaceFull, replacement);
        Assert.Equal(expected, PathEdits.Apply(edit, "/full/one/two", 5, ""));
        Assert.Equal(expected + "?q", PathEdits.Apply(edit, "/full/one/two", 5, "q"));
    }

    [Fact]
    public void Without_an_edit_path_and_query_stay()
    {
        Assert.Equal("/a", PathEdits.Apply(null, "/a", 1, ""));
        Assert.Equal("/a?b", PathEdits.Apply(null, "/a", 1, "b"));
    }
}
