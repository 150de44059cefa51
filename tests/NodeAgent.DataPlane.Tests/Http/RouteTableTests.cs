using System.Collections.Immutable;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Http.Routes;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("/one", "v1")]
    [InlineData("/two", "v2")]
    [InlineData("/", "no rule")]
    [InlineData("/one/example", "no rule")]
    [InlineData("/two/", "no rule")]
    [InlineData("/Two", "no rule")]
    public void Exact_paths_match_exactly(string path, string answer) =>
        Assert.Equal(answer, Table(To("v1", Exact("/one")), To("v2", Exact("/two"))).Get("any", path));

    [Theory]
    [InlineData("/foo", "v1")]
    [InlineData("/foo/", "v1")]
    [InlineData("/foo/bar", "v1")]
    [InlineData("/foobar", "no rule")]
    [InlineData("/bar/foo", "no rule")]
    [InlineData("*", "no rule")]
    [InlineData("", "no rule")]
    public void A_prefix_matches_whole_elements(string path, string answer)
    {
        Assert.Equal(answer, Table(To("v1", Prefix("/foo"))).Get("any", path));
        Assert.Equal(answer, Table(To("v1", Prefix("/foo/"))).Get("any", path));
    }

    [Theory]
    [InlineData("/match/exact/one", "v3")]
    [InlineData("/match/exact", "v2")]
    [InlineData("/match", "v1")]
    [InlineData("/match/prefix/one/any", "v2")]
    [InlineData("/match/prefix/any", "v1")]
    [InlineData("/match/any", "v3")]
    public void Exact_goes_before_prefix_and_long_prefixes_before_short_ones(string path, string answer)
    {
        RouteTable table = Table(
            To("v1", Exact("/match")),
            To("v2", Exact("/match/exact")),
            To("v3", Exact("/match/exact/one"), Prefix("/match")),
            To("v1", Prefix("/match/prefix")),
            To("v2", Prefix("/match/prefix/one")));
        Assert.Equal(answer, table.Get("any", path));
    }

    [Theory]
    [InlineData("/", "", "v1")]
    [InlineData("/example", "", "v1")]
    [InlineData("/", "one", "v1")]
    [InlineData("/v2", "", "v2")]
    [InlineData("/v2/example", "", "v2")]
    [InlineData("/v2/", "", "v2")]
    [InlineData("/", "two", "v2")]
    [InlineData("/v2example", "", "v1")]
    [InlineData("/foo/v2/example", "", "v1")]
    public void Matches_of_a_rule_are_alternatives(string path, string version, string answer)
    {
        RouteTable table = Table(
            To("v1", Prefix("/"), Prefix("/").Header("version", "one")),
            To("v2", Prefix("/v2"), Prefix("/").Header("version", "two")));
        Assert.Equal(answer, table.Answer("any", new FakeRequest("GET", path, ("Version", version))));
    }

    [Theory]
    [InlineData("example.com", "/v2", "v2")]
    [InlineData("example.com", "/other", "v1")]
    [InlineData("example.net", "/v2", "v1")]
    public void Routes_share_a_hostname_rule_by_rule(string host, string path, string answer)
    {
        var table = Routes.TableOf([Listener(null,
            Route("part1", 1, ["example.com", "example.net"], To("v1", Prefix("/"))),
            Route("part2", 2, ["example.com"], To("v2", Prefix("/v2"))))]);
        Assert.Equal(answer, table.Get(host, path));
    }

    [Theory]
    [InlineData("POST", "/", "", "v1")]
    [InlineData("GET", "/", "", "v2")]
    [InlineData("HEAD", "/", "", "no rule")]
    [InlineData("GET", "/path1", "", "v1")]
    [InlineData("PUT", "/", "one", "v2")]
    [InlineData("POST", "/path2", "two", "v3")]
    [InlineData("PUT", "/", "", "no rule")]
    [InlineData("DELETE", "/path4", "", "no rule")]
    [InlineData("DELETE", "/path4", "three", "v1")]
    [InlineData("PATCH", "/path5", "", "v1")]
    [InlineData("PATCH", "/", "four", "v2")]
    public void Methods_are_matched_and_go_before_headers(string method, string path, string version, string answer)
    {
        RouteTable table = Table(
            To("v1", Prefix("/").Method("POST")),
            To("v2", Prefix("/").Method("GET")),
            To("v1", Prefix("/path1").Method("GET")),
            To("v2", Prefix("/").Method("PUT").Header("version", "one")),
            To("v3", Prefix("/path2").Method("POST").Header("version", "two")),
            To("v1", Prefix("/path4").Method("DELETE").Header("version", "three")),
            To("v1", Prefix("/path5").Method("PATCH")),
            To("v3", Prefix("/").Header("version", "four")),
            To("v2", Prefix("/").Method("PATCH")));
        Assert.Equal(answer, table.Answer("any", new FakeRequest(method, path, ("version", version))));
    }

    [Theory]
    [InlineData("?animal=whale", "", "v1")]
    [InlineData("?animal=dolphin", "", "v2")]
    [InlineData("?animal=dolphin&color=blue", "", "v3")]
    [InlineData("?ANIMAL=Whale", "", "v3")]
    [InlineData("?animal=whale&otherparam=irrelevant", "", "v1")]
    [InlineData("?animal=dolphin&color=yellow", "", "v2")]
    [InlineData("?color=blue", "", "no rule")]
    [InlineData("?animal=dog", "", "no rule")]
    [InlineData("?animal=whaledolphin", "", "no rule")]
    [InlineData("", "", "no rule")]
    [InlineData("?animal=hydra", "four", "header")]
    [InlineData("?animal=sea%20lion", "", "space")]
    [InlineData("?animal=sea+lion", "", "space")]
    [InlineData("?anim%61l=sea%20lio%6E", "", "space")]
    [InlineData("?animal=%F0%9F%90%8B%C3%A9", "", "utf8")]
    [InlineData("?animal=dog&animal=whale", "", "no rule")]
    [InlineData("?animal=whale&animal=dog", "", "v1")]
    [InlineData("?animal=100%", "", "percent")]
    [InlineData("?animal", "", "empty")]
    public void Query_parameters_are_compared_decoded(string query, string version, string answer)
    {
        RouteTable table = Table(
            To("v1", Prefix("/").Query("animal", "whale")),
            To("v2", Prefix("/").Query("animal", "dolphin")),
            To("v3", Prefix("/").Query("animal", "dolphin").Query("color", "blue")),
            To("v3", Prefix("/").Query("ANIMAL", "Whale")),
            To("hydra", Prefix("/").Query("animal", "hydra")),
            To("header", Prefix("/").Header("version", "four")),
            To("space", Prefix("/").Query("animal", "sea lion")),
            To("utf8", Prefix("/").Query("animal", "🐋é")),
            To("percent", Prefix("/").Query("animal", "100%")),
            To("empty", Prefix("/").Query("animal", "")));
        Assert.Equal(answer, table.Answer("any", new FakeRequest("GET", "/" + query, ("version", version))));
    }

    [Fact]
    public void Several_lines_of_a_header_are_one_value()
    {
        RouteTable table = Table(To("joined", Prefix("/").Header("color", "red,blue")), To("pattern", Prefix("/").HeaderPattern("color", "green,.*")));
        Assert.Equal("joined", table.Answer("any", new FakeRequest("GET", "/", ("color", new[] { "red", "blue" }))));
        Assert.Equal("pattern", table.Answer("any", new FakeRequest("GET", "/", ("color", new[] { "green", "blue" }))));
        Assert.Equal("no rule", table.Answer("any", new FakeRequest("GET", "/", ("color", new[] { "red", "blue", "" }))));
        Assert.Equal("no rule", table.Answer("any", new FakeRequest("GET", "/", ("color", "red"))));
    }

    [Fact]
    public void Patterns_cover_the_whole_path_and_rank_between_exact_and_prefix()
    {
        RouteTable table = Table(
            To("prefix", Prefix("/api/v1/users")),
            To("short", Pattern("/api/.*")),
            To("long", Pattern("/api/v[0-9]+/.*")),
            To("exact", Exact("/api/v1/exact")),
            To("query", Prefix("/q").QueryPattern("n", "[0-9]+")));
        Assert.Equal("exact", table.Get("any", "/api/v1/exact"));
        Assert.Equal("long", table.Get("any", "/api/v1/users"));
        Assert.Equal("short", table.Get("any", "/api/x"));
        Assert.Equal("no rule", table.Get("any", "/x/api/v1/users"));
        Assert.Equal("query", table.Get("any", "/q?n=1%32"));
        Assert.Equal("no rule", table.Get("any", "/q?n=1x"));
    }

    [Fact]
    public void A_pattern_that_cannot_be_compiled_is_a_problem_of_its_match_only()
    {
        RouteTable table = Table(To("bad", Pattern("a)|(b"), Pattern(@"(a)\1"), Pattern("(a{1000}){1000}"), Exact("/bad")), To("good", Prefix("/")));
        Assert.Equal(3, table.Problems.Length);
        Assert.All(table.Problems, p => Assert.StartsWith("route/HTTPRoute/ns/route rule 0: ", p, StringComparison.Ordinal));
        Assert.Equal("bad", table.Get("any", "/bad"));
        Assert.Equal("good", table.Get("any", "/b"));
    }

    [Fact]
    public void Route_paths_are_compared_in_the_form_requests_have()
    {
        RouteTable table = Table(To("decoded", Exact("/a%2db")), To("upper", Prefix("/x%2fy")));
        Assert.Equal("decoded", table.Get("any", "/a-b"));
        Assert.Equal("upper", table.Get("any", "/x%2Fy/z"));
    }

    [Fact]
    public void The_older_route_wins_then_the_lower_name_then_the_first_rule()
    {
        HttpRule a = To("a", Prefix("/"));
        var byAge = Routes.TableOf([Listener(null, Route("a", 9, [], a), Route("b", 8, [], To("b", Prefix("/"))))]);
        Assert.Equal("b", byAge.Get("h", "/"));
        var byName = Routes.TableOf([Listener(null, Route("b", 8, [], To("b", Prefix("/"))), Route("a", 8, [], a))]);
        Assert.Equal("a", byName.Get("h", "/"));
        Assert.Equal("a", Table(a, To("second", Prefix("/"))).Get("h", "/"));
    }

    [Fact]
    public void Depth_beyond_the_tracked_one_still_matches_the_longest_prefix()
    {
        string deep = string.Concat(Enumerable.Repeat("/a", 70));
        RouteTable table = Table(To("64", Prefix(deep[..128])), To("70", Prefix(deep)), To("root", Prefix("/")));
        Assert.Equal("70", table.Get("h", deep + "/a"));
        Assert.Equal("64", table.Get("h", deep[..130]));
        Assert.Equal("root", table.Get("h", deep[..120]));
    }

    [Fact]
    public void A_match_allocates_nothing()
    {
        var table = Routes.TableOf([
            Listener(null, Route([], To("all", Prefix("/")))),
            Listener("*.example.com", Route(["*.example.com"],
                To("one", Prefix("/a").Method("GET").Header("x", "1,2").Query("q", "a b")), To("two", Prefix("/a/b"))))]);
        var request = new FakeRequest("GET", "/a/x?q=a%20b", ("x", new[] { "1", "2" }));
        Assert.Equal("one", table.Answer("www.Example.com", request));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            table.TryMatch("www.Example.com", request, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RouteTable Table(params HttpRule[] rules) => Routes.TableOf([Listener(null, Route([], rules))]);

    [Theory]
    [InlineData("a.foo.example", "v1")]
    [InlineData("a.b.foo.example", "no listener")]
    [InlineData("foo.example", "no listener")]
    [InlineData("x.bar.example", "v2")]
    [InlineData("y.x.bar.example", "no rule")]
    public void A_wildcard_may_stand_for_one_label_alone(string host, string answer)
    {
        ListenerRoutes wildcard = Listener("*.foo.example", Route([], To("v1", Prefix("/"))));
        ListenerRoutes routes = Listener("bar.example", Route([], To("never", Prefix("/"))));
        ListenerRoutes rest = Listener(null, Route(["*.bar.example"], To("v2", Prefix("/"))));
        ImmutableArray<ListenerRoutes> listeners = host.EndsWith("bar.example", StringComparison.Ordinal) ? [rest] : [wildcard, routes];
        var table = Routes.TableOf([.. listeners.Select(l => l with { Listener = l.Listener with { SingleLabelWildcards = true } })]);
        Assert.Equal(answer, table.Get(host, "/"));
    }
}
