using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Http.Routes;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class ExtraConditionsTests
{
    private static readonly MatchConditions Nothing = new([], [], []);

    [Theory]
    [InlineData("10.1.1.1", "inside")]
    [InlineData("192.0.2.7", "inside")]
    [InlineData("10.2.1.1", "all")]
    public void A_rule_can_ask_for_source_ranges(string client, string answer)
    {
        RouteTable table = Table(Nothing with { Sources = ["10.1.0.0/16", "192.0.2.0/24"] }, "inside");
        Assert.Equal(answer, table.Answer("h", new FakeRequest("GET", "/") { Client = ClientAddress.Of(IPAddress.Parse(client)) }));
    }

    [Theory]
    [InlineData(CookieMatchType.Exact, "b", "a=b", true)]
    [InlineData(CookieMatchType.Exact, "b", "x=b; a=b", true)]
    [InlineData(CookieMatchType.Exact, "b", "x=b;a=b;a=c", true)]
    [InlineData(CookieMatchType.Exact, "b", "a=c; a=b", false)]
    [InlineData(CookieMatchType.Exact, "b", "A=b", false)]
    [InlineData(CookieMatchType.Exact, "b", "aa=b", false)]
    [InlineData(CookieMatchType.Exact, "b=c", "a=b=c", true)]
    [InlineData(CookieMatchType.Exact, "", "a=", true)]
    [InlineData(CookieMatchType.Exact, "b", "a", false)]
    [InlineData(CookieMatchType.RegularExpression, "b[0-9]+", "a=b17", true)]
    [InlineData(CookieMatchType.RegularExpression, "b[0-9]+", "a=xb17", false)]
    [InlineData(CookieMatchType.Present, "", "a=", true)]
    [InlineData(CookieMatchType.Present, "", "b=a", false)]
    [InlineData(CookieMatchType.Absent, "", "b=a", true)]
    [InlineData(CookieMatchType.Absent, "", "a=1", false)]
    [InlineData(CookieMatchType.Absent, "", null, true)]
    [InlineData(CookieMatchType.Present, "", null, false)]
    public void A_rule_can_ask_for_cookies(CookieMatchType type, string value, string? sent, bool holds)
    {
        RouteTable table = Table(Nothing with { Cookies = [new CookieMatch("a", type, value)] }, "cookie");
        FakeRequest request = sent is null ? new("GET", "/") : new("GET", "/", ("Cookie", sent));
        Assert.Equal(holds ? "cookie" : "all", table.Answer("h", request));
    }

    [Fact]
    public void Cookies_in_several_fields_are_all_looked_at()
    {
        RouteTable table = Table(Nothing with { Cookies = [new CookieMatch("a", CookieMatchType.Exact, "1")] }, "cookie");
        Assert.Equal("cookie", table.Answer("h", new FakeRequest("GET", "/", ("cookie", new[] { "b=2", "a=1" }))));
    }

    [Theory]
    [InlineData(true, true, "asked")]
    [InlineData(true, false, "all")]
    [InlineData(false, true, "all")]
    [InlineData(false, false, "asked")]
    public void A_rule_can_ask_for_a_header_to_be_there_or_not(bool asked, bool sent, string answer)
    {
        RouteTable table = Table(Nothing with { Headers = [new HeaderPresence("x-debug", asked)] }, "asked");
        Assert.Equal(answer, table.Answer("h", sent ? new FakeRequest("GET", "/", ("X-Debug", "")) : new FakeRequest("GET", "/")));
    }

    [Fact]
    public void All_conditions_of_all_matches_have_to_hold()
    {
        HttpMatch match = Prefix("/") with
        {
            Conditions = [Nothing with { Sources = ["10.0.0.0/8"] }, Nothing with { Sources = ["10.1.0.0/16"], Headers = [new HeaderPresence("x", true)] }],
        };
        var table = Routes.TableOf([Listener(null, Route([], To("both", match), To("all", Prefix("/"))))]);
        Assert.Equal("both", table.Answer("h", new FakeRequest("GET", "/", ("x", "1")) { Client = ClientAddress.Of(IPAddress.Parse("10.1.0.1")) }));
        Assert.Equal("all", table.Answer("h", new FakeRequest("GET", "/", ("x", "1")) { Client = ClientAddress.Of(IPAddress.Parse("10.2.0.1")) }));
        Assert.Equal("all", table.Answer("h", new FakeRequest("GET", "/") { Client = ClientAddress.Of(IPAddress.Parse("10.1.0.1")) }));
    }

    [Fact]
    public void Each_condition_counts_like_a_header_in_the_order_of_matches()
    {
        var two = Nothing with { Cookies = [new CookieMatch("a", CookieMatchType.Present, "")], Headers = [new HeaderPresence("x", true)] };
        var table = Routes.TableOf([Listener(
            null,
            Route(
                [],
                To("one header", Prefix("/").Header("x", "1")),
                To("two conditions", Prefix("/") with { Conditions = [two] }),
                To("three headers", Prefix("/").Header("x", "1").Header("y", "1").Header("z", "1")),
                To("method", Prefix("/").Method("PUT")),
                To("longer path", Prefix("/longer"))))]);
        Assert.Equal("two conditions", table.Answer("h", new FakeRequest("GET", "/", ("x", "1"), ("cookie", "a=1"))));
        Assert.Equal("one header", table.Answer("h", new FakeRequest("GET", "/", ("x", "1"))));
        Assert.Equal("three headers", table.Answer("h", new FakeRequest("GET", "/", ("x", "1"), ("y", "1"), ("z", "1"), ("cookie", "a=1"))));
        Assert.Equal("method", table.Answer("h", new FakeRequest("PUT", "/", ("x", "1"), ("cookie", "a=1"))));
        Assert.Equal("longer path", table.Answer("h", new FakeRequest("GET", "/longer", ("x", "1"), ("cookie", "a=1"))));
    }

    [Fact]
    public void Different_conditions_on_one_path_stay_apart()
    {
        HttpRule[] rules = [.. Enumerable.Range(0, 50).Select(i => To(
            $"{i}", Prefix("/") with { Conditions = [Nothing with { Cookies = [new CookieMatch("a", CookieMatchType.Exact, $"{i}")] }] }))];
        var table = Routes.TableOf([Listener(null, Route([], rules))]);
        Assert.Equal("17", table.Answer("h", new FakeRequest("GET", "/", ("cookie", "a=17"))));
        Assert.Equal("no rule", table.Answer("h", new FakeRequest("GET", "/", ("cookie", "a=50"))));
    }

    [Fact]
    public void A_pattern_that_cannot_be_compiled_never_matches_and_is_named()
    {
        RouteTable table = Table(Nothing with { Cookies = [new CookieMatch("a", CookieMatchType.RegularExpression, "(")] }, "cookie");
        Assert.Equal("all", table.Answer("h", new FakeRequest("GET", "/", ("cookie", "a=("))));
        Assert.NotEmpty(table.Problems);
    }

    [Fact]
    public void Looking_at_conditions_allocates_nothing()
    {
        RouteTable table = Table(
            new MatchConditions(
                ["192.0.2.0/24", "10.0.0.0/8"],
                [new CookieMatch("a", CookieMatchType.RegularExpression, "b+"), new CookieMatch("z", CookieMatchType.Absent, "")],
                [new HeaderPresence("x", false)]),
            "met");
        var request = new FakeRequest("GET", "/", ("cookie", "q=1; a=bbb")) { Client = ClientAddress.Of(IPAddress.Parse("10.1.1.1")) };
        Assert.Equal("met", table.Answer("h", request));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            table.TryMatch("h", request, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RouteTable Table(MatchConditions conditions, string answer) => Routes.TableOf(
        [Listener(null, Route([], To(answer, Prefix("/") with { Conditions = [conditions] }), To("all", Prefix("/"))))]);
}
