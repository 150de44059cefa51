using NodeAgent.DataPlane.Http;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/a/b?c=d?e", "/a/b", "c=d?e", "", "/a/b?c=d?e")]
    [InlineData("/a", "/a", "", "", "/a")]
    [InlineData("/a?", "/a", "", "", "/a?")]
    [InlineData("/a/../b?x=/../y", "/b", "x=/../y", "", "/b?x=/../y")]
    [InlineData("/a/../b?", "/b", "", "", "/b?")]
    [InlineData("/a?100%&\\", "/a", "100%&\\", "", "/a?100%&\\")]
    [InlineData("//h/a", "//h/a", "", "", "//h/a")]
    [InlineData("http://h.com/a?b", "/a", "b", "h.com", "/a?b")]
    [InlineData("HTTP://h.com:81", "/", "", "h.com:81", "/")]
    [InlineData("https://h.com?b", "/", "b", "h.com", "/?b")]
    [InlineData("http://h.com/%41?b", "/A", "b", "h.com", "/A?b")]
    public void Targets_are_taken_apart(string raw, string path, string query, string authority, string pathAndQuery)
    {
        Assert.True(RequestTarget.TryParse("GET", raw, out RequestTarget target));
        Assert.Equal(path, target.Path.ToString());
        Assert.Equal(query, target.Query.ToString());
        Assert.Equal(authority, target.Authority.ToString());
        Assert.Equal(pathAndQuery, target.PathAndQuery);
        Assert.Equal(raw.Contains('?', StringComparison.Ordinal), target.HasQuery);
        Assert.Equal(raw.StartsWith("https", StringComparison.Ordinal), target.IsHttps);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("?a")]
    [InlineData("example.com:443")]
    [InlineData("ftp://h.com/")]
    [InlineData("http:/h.com/")]
    [InlineData("http://")]
    [InlineData("http:///a")]
    [InlineData("http:")]
    [InlineData("/a?b#c")]
    [InlineData("/a#c")]
    [InlineData("/a?b c")]
    [InlineData("/a?é")]
    [InlineData("/%zz")]
    public void Other_forms_are_refused(string raw) => Assert.False(RequestTarget.TryParse("GET", raw, out _));

    [Fact]
    public void The_asterisk_is_for_OPTIONS()
    {
        Assert.True(RequestTarget.TryParse("OPTIONS", "*", out RequestTarget target));
        Assert.True(target.IsAsterisk);
        Assert.Equal("*", target.PathAndQuery);
    }

    [Fact]
    public void A_target_in_normal_form_costs_no_allocation()
    {
        Parse();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = Parse();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(9 + 3 + 13, length);

        static int Parse()
        {
            RequestTarget.TryParse("GET", "/a%20b/.c?d=e", out RequestTarget target);
            return target.Path.Length + target.Query.Length + target.PathAndQuery.Length;
        }
    }

    [Theory]
    [InlineData("example.com", "example.com", -1)]
    [InlineData("example.com:8080", "example.com", 8080)]
    [InlineData("example.com:", "example.com", -1)]
    [InlineData("under_score.x", "under_score.x", -1)]
    [InlineData("10.0.0.1:80", "10.0.0.1", 80)]
    [InlineData("[::1]", "[::1]", -1)]
    [InlineData("[fd00::1]:81", "[fd00::1]", 81)]
    public void A_host_is_split_from_its_port(string value, string host, int port)
    {
        Assert.True(HostHeader.TrySplit(value, out ReadOnlySpan<char> actual, out int actualPort));
        Assert.Equal(host, actual.ToString());
        Assert.Equal(port, actualPort);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("a:b")]
    [InlineData("a:-1")]
    [InlineData("a:65536")]
    [InlineData("a:80:80")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a/b")]
    [InlineData("u@h")]
    [InlineData("a%41")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[::1]80")]
    [InlineData("::1")]
    public void A_host_that_is_none_is_refused(string value) => Assert.False(HostHeader.TrySplit(value, out _, out _));
}
