using NodeAgent.DataPlane.Http;
using static NodeAgent.DataPlane.Tests.Http.Routes;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>Which listener takes a request and which hostname of its routes.</summary>
public sealed class ListenerChoiceTests
{
    private static readonly string[] IsolationPaths =
        ["/empty-hostname", "/wildcard-example-com", "/wildcard-foo-example-com", "/abc-foo-example-com"];

    [Theory]
    [InlineData("bar.com", "/empty-hostname")]
    [InlineData("bar.example.com", "/wildcard-example-com")]
    [InlineData("bar.foo.example.com", "/wildcard-foo-example-com")]
    [InlineData("abc.foo.example.com", "/abc-foo-example-com")]
    public void A_request_is_served_only_by_routes_of_the_most_specific_listener(string host, string servedPath)
    {
        var table = Routes.TableOf([
            Listener(null, Route([], To("v1", Prefix("/empty-hostname")))),
            Listener("*.example.com", Route([], To("v1", Prefix("/wildcard-example-com")))),
            Listener("*.foo.example.com", Route([], To("v1", Prefix("/wildcard-foo-example-com")))),
            Listener("abc.foo.example.com", Route([], To("v1", Prefix("/abc-foo-example-com"))))]);
        Assert.All(IsolationPaths, path => Assert.Equal(path == servedPath ? "v1" : "no rule", table.Get(host, path)));
    }

    [Theory]
    [InlineData("bar.com", "v1")]
    [InlineData("foo.bar.com", "v2")]
    [InlineData("FOO.Bar.Com", "v2")]
    [InlineData("foo.bar.com.", "v2")]
    [InlineData("baz.bar.com", "v3")]
    [InlineData("boo.bar.com", "v3")]
    [InlineData("multiple.prefixes.bar.com", "v3")]
    [InlineData("multiple.prefixes.foo.com", "v3")]
    [InlineData("foo.com", "no listener")]
    [InlineData("no.matching.host", "no listener")]
    [InlineData(".bar.com", "no listener")]
    [InlineData("", "no listener")]
    public void Listener_hostnames_are_exact_or_a_suffix_of_whole_labels(string host, string answer)
    {
        var table = Routes.TableOf([
            Listener("bar.com", Route([], To("v1", Prefix("/")))),
            Listener("foo.bar.com", Route([], To("v2", Prefix("/")))),
            Listener("*.bar.com", Route([], To("v3", Prefix("/")))),
            Listener("*.foo.com", Route([], To("v3", Prefix("/"))))]);
        Assert.Equal(answer, table.Get(host, "/"));
    }

    [Theory]
    [InlineData("very.specific.com", "/s1", "v1")]
    [InlineData("non.matching.com", "/s1", "no listener")]
    [InlineData("foo.nonmatchingwildcard.io", "/s1", "no listener")]
    [InlineData("foo.wildcard.io", "/s1", "no rule")]
    [InlineData("very.specific.com", "/non-matching-prefix", "no rule")]
    [InlineData("foo.wildcard.io", "/s2", "v2")]
    [InlineData("bar.wildcard.io", "/s2", "v2")]
    [InlineData("foo.bar.wildcard.io", "/s2", "v2")]
    [InlineData("wildcard.io", "/s2", "no listener")]
    [InlineData("very.specific.com", "/s2", "no rule")]
    [InlineData("very.specific.com", "/s3", "v3")]
    [InlineData("foo.specific.com", "/s3", "no listener")]
    [InlineData("foo.anotherwildcard.io", "/s4", "v1")]
    [InlineData("foo.bar.anotherwildcard.io", "/s4", "v1")]
    [InlineData("anotherwildcard.io", "/s4", "no listener")]
    [InlineData("foo.wildcard.io", "/s4", "no rule")]
    public void Routes_are_found_by_their_intersected_hostnames(string host, string path, string answer)
    {
        var table = Routes.TableOf([
            Listener("very.specific.com",
                Route("s1", 0, ["very.specific.com"], To("v1", Prefix("/s1"))),
                Route("s3", 0, ["very.specific.com"], To("v3", Prefix("/s3")))),
            Listener("*.wildcard.io", Route(["foo.wildcard.io", "bar.wildcard.io", "foo.bar.wildcard.io"], To("v2", Prefix("/s2")))),
            Listener("*.anotherwildcard.io", Route(["*.anotherwildcard.io"], To("v1", Prefix("/s4"))))]);
        Assert.Equal(answer, table.Get(host, path));
    }

    [Fact]
    public void A_less_specific_hostname_serves_what_a_more_specific_one_has_no_rule_for()
    {
        var table = Routes.TableOf([Listener(null,
            Route("exact", 0, ["a.b.com"], To("exact", Exact("/x"))),
            Route("long", 0, ["*.b.com"], To("long", Prefix("/y"))),
            Route("short", 0, ["*.com"], To("short", Prefix("/z"))),
            Route("all", 0, [], To("all", Prefix("/"))))]);
        Assert.Equal("exact", table.Get("a.b.com", "/x"));
        Assert.Equal("long", table.Get("a.b.com", "/y"));
        Assert.Equal("short", table.Get("a.b.com", "/z"));
        Assert.Equal("all", table.Get("a.b.com", "/"));
        Assert.Equal("all", table.Get("a.b.org", "/x"));
    }

    [Fact]
    public void The_rule_names_its_listener_also_when_a_route_has_several()
    {
        var route = Route([], To("v1", Prefix("/")));
        var table = Routes.TableOf([Listener("a.com", route), Listener("b.com", route)]);
        Assert.Equal(MatchOutcome.Matched, table.TryMatch("b.com", new FakeRequest("GET", "/x"), out RouteMatch match));
        Assert.Equal(1, match.Listener);
        Assert.Equal(MatchOutcome.NoListener, table.TryMatch("c.com", new FakeRequest("GET", "/x"), out match));
        Assert.Equal(-1, match.Listener);
    }

    [Fact]
    public void Of_two_listeners_with_one_hostname_the_first_serves_and_the_other_is_a_problem()
    {
        var table = Routes.TableOf([
            Listener("a.com", Route([], To("v1", Prefix("/")))), Listener("a.com", Route([], To("v2", Prefix("/"))))]);
        Assert.Equal("v1", table.Get("a.com", "/"));
        Assert.Single(table.Problems);
    }
}
