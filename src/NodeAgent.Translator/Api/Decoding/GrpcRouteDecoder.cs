using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class GrpcRouteDecoder
{
    public static GrpcRoute Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta)) ?? new GrpcRoute(meta, [], [], []);

    private static GrpcRoute Spec(FieldReader spec, ObjectMeta meta)
    {
        ImmutableArray<ParentRef> parents = RouteDecoder.Parents(spec);
        bool defaults = RouteDecoder.UsesDefaultGateways(spec);
        ImmutableArray<string> hostnames = spec.Texts("hostnames", 0, 16, TextRules.Hostname);
        ImmutableArray<GrpcRouteRule> rules = spec.List("rules", 0, RouteDecoder.MaxRules, Rule);
        if (spec.Clean)
        {
            RouteDecoder.CheckMatchCount(spec, rules.Sum(rule => rule.Matches.Length));
            RouteDecoder.CheckRuleNames(spec, [.. rules.Select(r => r.Name)]);
        }

        return new GrpcRoute(meta, parents, hostnames, rules) { UseDefaultGateways = defaults };
    }

    private static GrpcRouteRule Rule(FieldReader rule)
    {
        string? name = rule.OptionalText("name", TextRules.SectionName);
        ImmutableArray<GrpcRouteMatch> matches = rule.List("matches", 0, RouteDecoder.MaxMatches, match => new GrpcRouteMatch(
            match.Object("method", Method),
            RouteDecoder.NamedMatches(match, "headers", TextRules.MetadataValue)));
        ImmutableArray<HttpRouteFilter> filters = HttpFilterDecoder.ReadGrpc(rule);
        ImmutableArray<BackendRef> backends = rule.List("backendRefs", 0, 16, reference =>
            RouteDecoder.Backend(reference) with { Filters = HttpFilterDecoder.ReadGrpc(reference) });
        return new GrpcRouteRule(name, matches, filters, backends)
        {
            SessionPersistence = rule.Object("sessionPersistence", RuleSettingsDecoder.SessionPersistence),
        };
    }

    private static GrpcMethodMatch Method(FieldReader method)
    {
        string type = method.Choice("type", "Exact", "Exact", "RegularExpression");
        string? service = method.OptionalText("service", TextRules.GrpcName);
        string? name = method.OptionalText("method", TextRules.GrpcName);
        if (method.Clean && service is null && name is null)
        {
            method.Report("service", "is missing", "service, method or both must be set");
        }

        if (method.Clean && type == "Exact")
        {
            if (service is not null && !TextRules.GrpcService().IsMatch(service))
            {
                method.Report("service", $"is {FieldReader.Quote(service)}", "must be a gRPC service such as package.Service");
            }

            if (name is not null && !TextRules.GrpcMethod().IsMatch(name))
            {
                method.Report("method", $"is {FieldReader.Quote(name)}", "must be letters, digits and '_', not beginning with a digit");
            }
        }

        return new GrpcMethodMatch(type, service, name);
    }
}
