using NodeAgent.DataPlane.Http.Extensions.StaticFiles;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=2-4", 2, 3)]
    [InlineData("bytes=2-", 2, 8)]
    [InlineData("bytes=2-99", 2, 8)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-99", 0, 10)]
    [InlineData("BYTES=9-9", 9, 1)]
    public void A_part_of_ten_bytes(string field, long start, long length) =>
        Assert.Equal(new ByteRange(RangeKind.Part, start, length), ByteRange.Read(field, 10));

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=-0")]
    public void What_lies_outside_cannot_be_had(string field) =>
        Assert.Equal(RangeKind.Unsatisfiable, ByteRange.Read(field, 10).Kind);

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=4-2")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("items=0-1")]
    [InlineData("bytes=99999999999999999999-")]
    public void What_is_no_single_range_gets_the_whole(string field) =>
        Assert.Equal(new ByteRange(RangeKind.Whole, 0, 10), ByteRange.Read(field, 10));

    [Fact]
    public void An_empty_file_has_no_parts() => Assert.Equal(RangeKind.Unsatisfiable, ByteRange.Read("bytes=0-", 0).Kind);

    [Theory]
    [InlineData("/a/b.txt?q", "a/b.txt")]
    [InlineData("/", "")]
    [InlineData("/a/", "a/")]
    [InlineData("/gr%C3%BC%C3%9Fe%20an.txt", "grüße an.txt")]
    public void A_path_names_a_file(string target, string path)
    {
        Assert.True(FilePath.TryRead(target, out string read));
        Assert.Equal(path, read);
    }

    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/a%00")]
    [InlineData("/../a")]
    [InlineData("/a/..")]
    [InlineData("/a/%2E%2e/b")]
    [InlineData("/a/./b")]
    [InlineData("/%C3")]
    [InlineData("/%4")]
    public void No_file_has_such_a_name(string target) => Assert.False(FilePath.TryRead(target, out _));
}
