using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class RedirectTests
{
    [Theory]
    [InlineData("http", 80, null, null, "http://example.org/p")]
    [InlineData("http", 80, null, 80, "http://example.org/p")]
    [InlineData("http", 80, null, 8080, "http://example.org:8080/p")]
    [InlineData("http", 80, "https", null, "https://example.org/p")]
    [InlineData("http", 80, "https", 443, "https://example.org/p")]
    [InlineData("http", 80, "https", 8443, "https://example.org:8443/p")]
    [InlineData("http", 8080, null, null, "http://example.org:8080/p")]
    [InlineData("http", 8080, null, 80, "http://example.org/p")]
    [InlineData("http", 8080, "https", null, "https://example.org/p")]
    [InlineData("https", 443, null, null, "https://example.org/p")]
    [InlineData("https", 443, null, 443, "https://example.org/p")]
    [InlineData("https", 443, null, 8443, "https://example.org:8443/p")]
    [InlineData("https", 443, "http", null, "http://example.org/p")]
    [InlineData("https", 443, "http", 80, "http://example.org/p")]
    [InlineData("https", 443, "http", 8080, "http://example.org:8080/p")]
    public void Scheme_and_port_follow_filter_then_listener(
        string scheme, int listenerPort, string? filterScheme, int? filterPort, string location)
    {
        var filter = new RedirectFilter(filterScheme, "example.org", null, filterPort, 302);
        Assert.Equal(location, Redirect.Location(filter, scheme, "other", listenerPort, "/p", 1, ""));
    }

    [Theory]
    [InlineData(PathEditType.ReplacePrefix, "/replacement-prefix", "/original-prefix/lemon", 16, "http://h/replacement-prefix/lemon")]
    [InlineData(PathEditType.ReplaceFull, "/full-path-replacement", "/full/path/original", 5, "http://h/full-path-replacement")]
    [InlineData(PathEditType.ReplacePrefix, "/replacement-prefix", "/path-and-host", 14, "http://h/replacement-prefix")]
    public void Paths_are_edited(PathEditType type, string value, string path, int prefix, string location)
    {
        var filter = new RedirectFilter(null, null, new PathEdit(type, value), null, 302);
        Assert.Equal(location, Redirect.Location(filter, "http", "h", 80, path, prefix, ""));
        Assert.Equal(location + "?a=b", Redirect.Location(filter, "http", "h", 80, path, prefix, "a=b"));
    }

    [Fact]
    public void The_request_keeps_what_the_filter_does_not_name()
    {
        var filter = new RedirectFilter(null, null, null, null, 301);
        Assert.Equal("http://[::1]:8080/x?y", Redirect.Location(filter, "http", "[::1]", 8080, "/x", 1, "y"));
    }

    [Fact]
    public void Without_any_host_the_location_is_a_path_that_cannot_become_one()
    {
        var filter = new RedirectFilter("https", null, null, 8443, 301);
        Assert.Equal("/evil.com/x", Redirect.Location(filter, "http", "", 80, "//evil.com/x", 1, ""));
    }
}
