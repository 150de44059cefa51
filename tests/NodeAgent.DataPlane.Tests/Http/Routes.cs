using System.Collections.Immutable;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>Short words for listeners, routes and matches. A rule carries the answer a test expects as its name.</summary>
internal static class Routes
{
    public static RouteTable TableOf(ImmutableArray<ListenerRoutes> listeners) => new RouteIndex(new RuleTargets()).Update(listeners, out _);

    public static ListenerRoutes Listener(string? hostname, params AttachedRoute[] routes) =>
        new("ns/gateway", new ListenerConfig(hostname ?? "all", 80, ListenerProtocol.Http, hostname), [.. routes]);

    public static AttachedRoute Route(string[] hostnames, params HttpRule[] rules) => Route("route", 0, hostnames, rules);

    public static AttachedRoute Route(string name, long createdAt, string[] hostnames, params HttpRule[] rules)
    {
        ImmutableArray<HttpRule> numbered = [.. rules.Select((r, i) => r with { Index = i })];
        return new AttachedRoute(new HttpRouteResource("ns", name, createdAt, [], numbered), [.. hostnames]);
    }

    public static HttpRule To(string answer, params HttpMatch[] matches) => new(0, answer, [.. matches], null, []);

    public static HttpMatch Exact(string path) => Match(PathMatchType.Exact, path);

    public static HttpMatch Prefix(string path) => Match(PathMatchType.Prefix, path);

    public static HttpMatch Pattern(string path) => Match(PathMatchType.RegularExpression, path);

    public static HttpMatch Method(this HttpMatch match, string method) => match with { Method = method };

    public static HttpMatch Header(this HttpMatch match, string name, string value) =>
        match with { Headers = match.Headers.Add(new ValueMatch(name, ValueMatchType.Exact, value)) };

    public static HttpMatch HeaderPattern(this HttpMatch match, string name, string value) =>
        match with { Headers = match.Headers.Add(new ValueMatch(name, ValueMatchType.RegularExpression, value)) };

    public static HttpMatch Query(this HttpMatch match, string name, string value) =>
        match with { Query = match.Query.Add(new ValueMatch(name, ValueMatchType.Exact, value)) };

    public static HttpMatch QueryPattern(this HttpMatch match, string name, string value) =>
        match with { Query = match.Query.Add(new ValueMatch(name, ValueMatchType.RegularExpression, value)) };

    /// <summary>The name of the rule that takes the request; "no listener" or "no rule" when none does.</summary>
    public static string Answer(this RouteTable table, string host, FakeRequest request) =>
        table.TryMatch(host, request, out RouteMatch match) switch
        {
            MatchOutcome.NoListener => "no listener",
            MatchOutcome.NoRule => "no rule",
            _ => match.Rule!.Rule.Name!,
        };

    public static string Get(this RouteTable table, string host, string target) =>
        table.Answer(host, new FakeRequest("GET", target));

    private static HttpMatch Match(PathMatchType type, string path) => new(new PathMatch(type, path), null, [], []);
}
