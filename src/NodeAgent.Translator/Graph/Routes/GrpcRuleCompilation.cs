using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>
/// Turns the text of a GRPCRoute's rules into matches on the path <c>/SERVICE/METHOD</c>, whose order is the one that
/// GRPCRouteRule.matches asks for: service and method, service alone by length, method alone, neither.
/// </summary>
internal static class GrpcRuleCompilation
{
    /// <summary>gRPC knows no other (gRPC over HTTP/2, Requests).</summary>
    private const string Post = "POST";

    private const string AnySegment = "[^/]+";

    public static ImmutableArray<CompiledRule> Compile(GrpcRoute route, ObjectIndex index) =>
        [.. route.Rules.Select((rule, i) => Compile(route, rule, i, index))];

    private static CompiledRule Compile(GrpcRoute route, GrpcRouteRule rule, int position, ObjectIndex index)
    {
        var text = new RuleText(position, rule.Name, rule.Filters, rule.BackendRefs);
        Problem? problem = text.FirstOf(rule.Matches, "matches", Check) ?? RuleSettings.Check(rule.SessionPersistence, index);
        if (problem is not null)
        {
            return text.Drop(problem);
        }

        ImmutableArray<HttpMatch> matches =
            rule.Matches.IsEmpty ? [new HttpMatch(Path(null), Post, [], [])] : [.. rule.Matches.Select(Match)];
        return text.Compile(matches, index) with { Session = RuleSettings.Of(rule.SessionPersistence, route, position) };
    }

    private static HttpMatch Match(GrpcRouteMatch match) => new(Path(match.Method), Post, RuleText.Headers(match.Headers), []);

    private static Problem? Check(GrpcRouteMatch match)
    {
        Problem? method = match.Method switch
        {
            null => null,
            { Service: null or "", Method: null or "" } => new Problem(Reasons.UnsupportedValue, "a method match needs a service or a method"),
            { Type: "Exact" } => null,
            { Type: "RegularExpression" } => CheckPattern(match.Method.Service) ?? CheckPattern(match.Method.Method),
            _ => new Problem(Reasons.UnsupportedValue, $"method match type {match.Method.Type} is not served"),
        };
        return method ?? match.Headers.Select(RuleText.Check).FirstOrDefault(p => p is not null);
    }

    private static Problem? CheckPattern(string? pattern) => string.IsNullOrEmpty(pattern) ? null : RuleText.CheckPattern(pattern);

    private static PathMatch Path(GrpcMethodMatch? match) => match switch
    {
        null => new PathMatch(PathMatchType.Prefix, "/"),
        { Type: "RegularExpression" } => new PathMatch(PathMatchType.RegularExpression, $"/{Pattern(match.Service)}/{Pattern(match.Method)}"),
        { Service: null or "" } => new PathMatch(PathMatchType.Method, match.Method!),
        { Method: null or "" } => new PathMatch(PathMatchType.Prefix, $"/{match.Service}"),
        _ => new PathMatch(PathMatchType.Exact, $"/{match.Service}/{match.Method}"),
    };

    private static string Pattern(string? pattern) => string.IsNullOrEmpty(pattern) ? AnySegment : $"(?:{pattern})";
}
