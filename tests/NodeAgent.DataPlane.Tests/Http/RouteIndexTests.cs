using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Http.Routes;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>Edit after edit the table is what it would be if it were built from nothing, and costs what the edit touches.</summary>
public sealed class RouteIndexTests
{
    private static readonly string[] Hosts = ["a.com", "b.com", "x.a.com", "x.b.com", "c.org"];
    private static readonly string[] Paths = ["/", "/a", "/a/b", "/b"];

    private enum Edit
    {
        Add,
        Remove,
        Replace,
        Rename,
        Double,
        Shuffle,
        Listen,
    }

    [Fact]
    public void After_any_edits_it_is_what_it_would_be_from_nothing()
    {
        Gen<(Edit Edit, int Which, int How)> edit = Gen.Frequency(
            (6, Gen.Constant(Edit.Add)), (4, Gen.Constant(Edit.Remove)), (6, Gen.Constant(Edit.Replace)), (2, Gen.Constant(Edit.Rename)),
            (1, Gen.Constant(Edit.Double)), (1, Gen.Constant(Edit.Shuffle)), (1, Gen.Constant(Edit.Listen)))
            .SelectMany(e => Gen.Choose(0, 999).Two().Select(n => (e, n.Item1, n.Item2)));
        int matched = 0;
        Prop.ForAll(edit.ListOf(25).ToArbitrary(), edits =>
        {
            var index = new RouteIndex(new RuleTargets());
            var listeners = new List<ListenerRoutes> { Listener(null) };
            foreach ((Edit kind, int which, int how) in edits)
            {
                Apply(listeners, kind, which, how);
                ImmutableArray<ListenerRoutes> now = [.. listeners];
                RouteTable table = index.Update(now, out _);
                RouteTable fresh = TableOf(now);
                foreach (string host in Hosts)
                {
                    foreach (string path in Paths)
                    {
                        var request = new FakeRequest("GET", path);
                        Assert.Equal(fresh.TryMatch(host, request, out RouteMatch expected), table.TryMatch(host, request, out RouteMatch match));
                        Assert.Equal((expected.Listener, expected.MatchedPathLength), (match.Listener, match.MatchedPathLength));
                        Assert.Same(expected.Rule?.Rule, match.Rule?.Rule);
                        matched += match.Rule is null ? 0 : 1;
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        Assert.True(matched > 1000, $"only {matched} requests matched: the property says little");
    }

    [Fact]
    public void An_edit_makes_the_rules_of_its_route_alone()
    {
        var targets = new RuleTargets();
        var index = new RouteIndex(targets);
        AttachedRoute[] routes = [.. Enumerable.Range(0, 50).Select(i => Route($"r{i}", i, [$"h{i}.com"], To($"v{i}", Prefix("/"))))];
        RouteTable before = index.Update([Listener(null, routes)], out bool removed);
        Assert.False(removed);
        Assert.Equal(50, targets.Made);
        AttachedRoute edited = Route("r7", 7, ["h7.com", "more.com"], To("new", Prefix("/")), To("newer", Prefix("/x")));
        RouteTable after = index.Update([Listener(null, [.. routes[..7], edited, .. routes[8..]])], out removed);
        Assert.False(removed);
        Assert.Equal(52, targets.Made);
        Assert.Equal(("v7", "new"), (before.Get("h7.com", "/"), after.Get("h7.com", "/")));
        Assert.Equal(("no rule", "newer"), (before.Get("more.com", "/x"), after.Get("more.com", "/x")));
        RouteMatch same = MatchOf(before, "h8.com");
        Assert.Same(same.Rule, MatchOf(after, "h8.com").Rule);
    }

    [Fact]
    public void It_says_when_a_route_is_gone()
    {
        var index = new RouteIndex(new RuleTargets());
        AttachedRoute a = Route("a", 1, [], To("a", Prefix("/")));
        AttachedRoute b = Route("b", 2, [], To("b", Prefix("/b")));
        index.Update([Listener("a.com", a, b), Listener("b.com", a)], out bool removed);
        Assert.False(removed);
        index.Update([Listener("a.com", a), Listener("b.com", a)], out removed);
        Assert.True(removed);
        index.Update([Listener("a.com", a), Listener("b.com", a)], out removed);
        Assert.False(removed);
        index.Update([Listener("a.com", a)], out removed);
        Assert.True(removed);
    }

    [Fact]
    public void Targets_that_are_not_current_any_more_are_made_again()
    {
        var targets = new RuleTargets();
        var index = new RouteIndex(targets);
        ImmutableArray<ListenerRoutes> listeners = [Listener(null, Route("a", 1, ["a.com"], To("a", Prefix("/"))), Route("b", 2, ["b.com"], To("b", Prefix("/"))))];
        RouteTable before = index.Update(listeners, out _);
        targets.Stale = "ns/a";
        RouteTable same = index.Update(listeners, out _);
        Assert.Same(MatchOf(before, "a.com").Rule, MatchOf(same, "a.com").Rule);
        targets.Epoch++;
        RouteTable after = index.Update(listeners, out _);
        Assert.NotSame(MatchOf(before, "a.com").Rule, MatchOf(after, "a.com").Rule);
        Assert.Same(MatchOf(before, "b.com").Rule, MatchOf(after, "b.com").Rule);
    }

    [Fact]
    public void Equal_patterns_are_compiled_once()
    {
        var index = new RouteIndex(new RuleTargets());
        AttachedRoute[] routes = [.. Enumerable.Range(0, 3).Select(i => Route($"r{i}", i, [$"h{i}.com"], To($"v{i}", Pattern("/[a-c]+"))))];
        RouteTable table = index.Update([Listener(null, routes)], out _);
        Assert.Equal(["v0", "v1", "v2"], Enumerable.Range(0, 3).Select(i => table.Get($"h{i}.com", "/abc")));
        var patterns = new RoutePatterns();
        Assert.True(patterns.TryGet("/[a-c]+", out System.Text.RegularExpressions.Regex? one, out _));
        Assert.True(patterns.TryGet("/[a-c]+", out System.Text.RegularExpressions.Regex? other, out _));
        Assert.Same(one, other);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(patterns.TryGet($"/{i}", out _, out _));
        }

        Assert.True(patterns.TryGet("/[a-c]+", out other, out _));
        Assert.Same(one, other);
    }

    private static RouteMatch MatchOf(RouteTable table, string host)
    {
        Assert.Equal(MatchOutcome.Matched, table.TryMatch(host, new FakeRequest("GET", "/"), out RouteMatch match));
        return match;
    }

    private static void Apply(List<ListenerRoutes> listeners, Edit kind, int which, int how)
    {
        int l = which % listeners.Count;
        ImmutableArray<AttachedRoute> routes = listeners[l].Routes;
        int r = routes.Length == 0 ? 0 : which % routes.Length;
        if (kind == Edit.Listen)
        {
            string?[] names = [null, "a.com", "*.com", "*.a.com"];
            listeners.RemoveAll(x => x.Listener.Hostname == names[how % 4]);
            if (which % 3 > 0 || listeners.Count == 0)
            {
                listeners.Add(Listener(names[how % 4], [.. routes]));
            }

            return;
        }

        routes = kind switch
        {
            Edit.Add => routes.Insert(which % (routes.Length + 1), RandomRoute($"r{how % 9}", how)),
            _ when routes.Length == 0 => routes,
            Edit.Remove => routes.RemoveAt(r),
            Edit.Replace => routes.SetItem(r, RandomRoute(routes[r].Route.Name, how)),
            Edit.Rename => routes.SetItem(r, routes[r] with { Hostnames = [Hosts[how % Hosts.Length]] }),
            Edit.Double => routes.Insert(how % (routes.Length + 1), routes[r]),
            _ => [.. routes.OrderBy(x => (x.Route.Name.GetHashCode(StringComparison.Ordinal) ^ how) & 0xff)],
        };

        // A name has one route, though it may be attached more than once.
        Dictionary<string, HttpRouteResource> named = routes.DistinctBy(x => x.Route.Id).ToDictionary(x => x.Route.Id, x => x.Route);
        listeners[l] = listeners[l] with { Routes = [.. routes.Where(x => ReferenceEquals(x.Route, named[x.Route.Id]))] };
    }

    private static AttachedRoute RandomRoute(string name, int how)
    {
        string[][] hostnames = [[], ["a.com"], ["b.com", "x.a.com"], ["*.com"], ["*.a.com", "*.org"], ["A.com", "a.com"]];
        return Route(name, how % 3, hostnames[how % 6], To("one", Prefix(Paths[how % 4])), To("two", Exact(Paths[how / 4 % 4])));
    }
}
