using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class AcceptEncodingTests
{
    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip, br", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br ; q=0.5 , gzip;q=0.5", "br")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("*;q=0, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("", null)]
    [InlineData("gzip;q=nonsense", null)]
    [InlineData("brotli, gzipped", null)]
    public void The_client_is_taken_at_its_word(string field, string? coding) =>
        Assert.Equal(coding, AcceptEncoding.Choose(field, ["br", "gzip"]));

    [Fact]
    public void Several_fields_are_one_list() => Assert.Equal("gzip", AcceptEncoding.Choose(new[] { "deflate", "gzip" }, ["br", "gzip"]));
}
