using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>Alphabets are small, so hostnames, paths and conditions meet often.</summary>
public sealed class RouteTableProperties
{
    private static readonly Gen<string> Host = Gen.Elements(
        "a.com", "b.com", "x.a.com", "y.x.a.com", "z.y.x.a.com", "com", "A.com", "x.A.COM.", ".a.com", "a..com", "");

    private static readonly Gen<string?> Hostname = Gen.Elements<string?>(
        null, "a.com", "b.com", "x.a.com", "*.a.com", "*.x.a.com", "*.com", "*.b.com");

    private static readonly Gen<string> Segment = Gen.Elements("a", "b", "ab", "");

    private static readonly Gen<PathMatch> PathMatch = Gen.OneOf(
        AnyPath().Select(p => new PathMatch(PathMatchType.Exact, p)),
        AnyPath().Select(p => new PathMatch(PathMatchType.Prefix, p.TrimEnd('/') is { Length: > 0 } t ? t : "/")),
        Gen.Elements("/.*", "/a.*", "/[ab]", "/a|/b", "(/a)+").Select(p => new PathMatch(PathMatchType.RegularExpression, p)));

    private static readonly Gen<HttpMatch> Match =
        from path in PathMatch
        from method in Gen.Elements<string?>(null, null, null, "GET", "PUT")
        from headers in Conditions("h1", "h2")
        from query in Conditions("q1", "q 2")
        select new HttpMatch(path, method, headers, query);

    private static readonly Gen<HttpRule> Rule =
        from matches in Match.NonEmptyListOf()
        select new HttpRule(0, null, [.. matches.Take(3)], null, []);

    private static readonly Gen<AttachedRoute> Route =
        from rules in Rule.NonEmptyListOf()
        from age in Gen.Choose(1, 3)
        from ns in Gen.Elements("n", "n-1", "m")
        from name in Gen.Elements("r", "s", "t")
        from hostnames in Hostname.Where(h => h is not null).ListOf()
        select new AttachedRoute(
            new HttpRouteResource(ns, name, age, [], [.. rules.Take(4).Select((r, i) => r with { Index = i })]),
            [.. hostnames.Take(3).Distinct().Select(h => h!)]);

    private static readonly Gen<ImmutableArray<ListenerRoutes>> Listeners =
        from hostnames in Hostname.NonEmptyListOf()
        from routes in Route.ListOf().Two()
        select hostnames.Distinct().Take(3).Select((h, i) => ListenerOf(h, i == 0 ? routes.Item1 : routes.Item2)).ToImmutableArray();

    private static readonly Gen<FakeRequest> Request =
        from method in Gen.Elements("GET", "PUT", "HEAD")
        from path in AnyPath()
        from query in Gen.Elements("", "q1=1", "q1=2&q1=1", "q%31=%31", "q+2=1&q1=2", "q%202=2", "q1", "q1=1&q+2=1", "&=&q1=1")
        from h1 in Gen.Elements("", "1", "2", "1,2")
        from h2 in Gen.Elements("", "1", "2")
        select new FakeRequest(
            method, path + "?" + query, [.. Header("h1", h1), .. Header("h2", h2)]);

    [Fact]
    public void The_table_finds_what_the_naive_matcher_finds()
    {
        Gen<(ImmutableArray<ListenerRoutes> Listeners, string Host, FakeRequest Request)> cases =
            from listeners in Listeners
            from oneLabel in Gen.Elements(false, true)
            from host in Host
            from request in Request
            select (WithWildcards(listeners, oneLabel), host, request);
        int matched = 0;
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var table = Routes.TableOf(c.Listeners);
            MatchOutcome outcome = table.TryMatch(c.Host, c.Request, out RouteMatch match);
            (MatchOutcome expected, HttpRouteResource? route, HttpRule? rule, int length) = NaiveMatcher.Match(c.Listeners, c.Host, c.Request);
            Assert.Equal(expected, outcome);
            if (outcome == MatchOutcome.Matched)
            {
                matched++;
                Assert.Equal($"{route!.Namespace}/{route.Name}", match.Rule!.RouteName);
                Assert.Same(rule, match.Rule.Rule);
                Assert.Equal(length, match.MatchedPathLength);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Assert.True(matched > 200, $"only {matched} of 2000 cases matched: the property says little");
    }

    [Fact]
    public void The_order_of_routes_in_a_listener_does_not_matter()
    {
        Gen<(ImmutableArray<ListenerRoutes> Listeners, string Host, FakeRequest Request)> cases =
            from listeners in Listeners
            from host in Host
            from request in Request
            select (listeners, host, request);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            ImmutableArray<ListenerRoutes> reversed = [.. c.Listeners.Select(l => l with { Routes = [.. l.Routes.Reverse()] })];
            var one = Routes.TableOf(c.Listeners);
            var other = Routes.TableOf(reversed);
            Assert.Equal(one.TryMatch(c.Host, c.Request, out RouteMatch match), other.TryMatch(c.Host, c.Request, out RouteMatch same));
            Assert.Equal((match.Rule?.RouteName, match.Listener, match.MatchedPathLength), (same.Rule?.RouteName, same.Listener, same.MatchedPathLength));
            Assert.Same(match.Rule?.Rule, same.Rule?.Rule);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static ImmutableArray<ListenerRoutes> WithWildcards(ImmutableArray<ListenerRoutes> listeners, bool oneLabel) =>
        [.. listeners.Select(l => l with { Listener = l.Listener with { SingleLabelWildcards = oneLabel } })];

    private static Gen<string> AnyPath() =>
        from count in Gen.Choose(1, 5)
        from segments in Segment.ListOf(count)
        select "/" + string.Join('/', segments);

    private static Gen<ImmutableArray<ValueMatch>> Conditions(string first, string second)
    {
        Gen<ValueMatchType> type = Gen.Elements(ValueMatchType.Exact, ValueMatchType.Exact, ValueMatchType.RegularExpression);
        Gen<ValueMatch> one =
            from t in type
            from name in Gen.Elements(first, second)
            from value in t == ValueMatchType.Exact ? Gen.Elements("1", "2", "1,2", "") : Gen.Elements("[12]", "1.*")
            select new ValueMatch(name, t, value);
        return Gen.Frequency(
            (3, Gen.Constant(ImmutableArray<ValueMatch>.Empty)),
            (2, one.ListOf().Select(l => l.DistinctBy(v => v.Name).ToImmutableArray())));
    }

    private static ListenerRoutes ListenerOf(string? hostname, IEnumerable<AttachedRoute> routes) =>
        new("ns/g", new ListenerConfig(hostname ?? "all", 80, ListenerProtocol.Http, hostname), [.. routes.DistinctBy(r => r.Route.Id)]);

    private static IEnumerable<(string Name, StringValues Values)> Header(string name, string values)
    {
        if (values.Length > 0)
        {
            yield return (name, values.Split(','));
        }
    }
}
