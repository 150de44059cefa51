using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Metrics;
using NodeAgent.Snapshot;

namespace NodeAgent.Benchmarks;

/// <summary>
/// 10,000 routes of 10 rules each on one listener, one hostname a route, every tenth a wildcard. Of ten rules four are
/// exact paths, one is the default "/", the rest are three prefixes, two of them a second time with a header condition.
/// </summary>
internal static class RouteTableCases
{
    public const int RouteCount = 10_000;
    public const int RulesPerRoute = 10;
    public const int RuleCount = RouteCount * RulesPerRoute;

    public static ImmutableArray<ListenerRoutes> Listeners()
    {
        var listener = new ListenerConfig("http", 80, ListenerProtocol.Http);
        return [new ListenerRoutes("bench/gateway", listener, [.. Enumerable.Range(0, RouteCount).Select(Route)])];
    }

    /// <summary>A hostname that route <paramref name="route"/> or, for wildcards, one that its pattern takes.</summary>
    public static string Host(int route) => route % 10 == 0 ? $"foo.w{route}.example.com" : $"app{route}.example.com";

    private static AttachedRoute Route(int number)
    {
        string hostname = number % 10 == 0 ? $"*.w{number}.example.com" : $"app{number}.example.com";
        var rules = ImmutableArray.CreateBuilder<HttpRule>(RulesPerRoute);
        for (int i = 0; i < RulesPerRoute; i++)
        {
            (PathMatchType type, string path) = i switch
            {
                9 => (PathMatchType.Prefix, "/"),
                _ when i % 3 == 0 => (PathMatchType.Exact, $"/api/v{i}/items"),
                _ => (PathMatchType.Prefix, $"/svc{i - (i % 3)}/sub"),
            };
            ImmutableArray<ValueMatch> headers = i % 3 == 2 ? [new ValueMatch("x-env", ValueMatchType.Exact, "canary")] : [];
            rules.Add(new HttpRule(i, null, [new HttpMatch(new PathMatch(type, path), null, headers, [])], null, []));
        }

        return new AttachedRoute(new HttpRouteResource("bench", $"route{number}", number, [], rules.MoveToImmutable()), [hostname]);
    }

    /// <summary>What is the same for all rules, so that the table is measured and not what it leads to.</summary>
    public sealed class Targets : IRuleTargets
    {
        private readonly WeightedShares _nothing = new([], _ => throw new InvalidOperationException("no rule here has a backend"));
        private readonly HttpCounters _counters = new(1);

        public long Epoch => 0;

        public HttpRuleTarget Make(HttpRouteResource route, HttpRule rule) =>
            new(route.Name, rule, _nothing, HeaderFilters.Of(null), [], [], [], _counters);

        public bool IsCurrent(HttpRuleTarget target) => true;
    }
}
