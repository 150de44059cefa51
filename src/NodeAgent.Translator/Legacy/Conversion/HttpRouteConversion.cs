using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>HTTPRoutes of the original API as today's, one for all listeners unless backends take the listener's port.</summary>
internal static class HttpRouteConversion
{
    /// <summary>What the original API answers where a rule forwards nowhere.</summary>
    private const int NothingToForwardTo = 503;

    public static LegacyConversion Of(LegacyHttpRoute route, ObjectIndex index)
    {
        ImmutableArray<RouteBinding> bindings = RouteBinding.Of(route, index);
        RouteSection[] sections = [.. bindings.SelectMany(b => b.Sections)];
        ImmutableArray<ApiObject> objects =
        [
            .. RoutePart.Of(sections, route.Rules.Any(TakesArrivalPort)).Select(part => new HttpRoute(
                ConvertedNames.Of(route.Meta, part.Name),
                part.Parents,
                route.Hostnames,
                [.. route.Rules.Select(r => Rule(r, part.Port)).OfType<HttpRouteRule>()])),
        ];
        return new LegacyConversion([route, .. RouteInputs.Of(bindings)], objects)
        {
            Bindings = bindings,
            Unresolved = Check(route) ?? RouteCertificates.Resolve(route, index).Problem,
            Note = CertificateNote.Of(route, bindings, index),
        };
    }

    private static bool TakesArrivalPort(LegacyHttpRule rule) =>
        rule.ForwardTo.Any(f => f.Port is null || f.Filters.Any(TakesArrivalPort)) || rule.Filters.Any(TakesArrivalPort);

    private static bool TakesArrivalPort(LegacyHttpFilter filter) => filter is { Type: "RequestMirror", Mirror.Port: null };

    private static Problem? Check(LegacyHttpRoute route)
    {
        for (int r = 0; r < route.Rules.Length; r++)
        {
            LegacyHttpRule rule = route.Rules[r];
            for (int m = 0; m < rule.Matches.Length; m++)
            {
                if (rule.Matches[m].ExtensionRef is ObjectReference extension && !MatchExtensions.IsKnown(extension))
                {
                    return MatchExtensions.Unknown(extension, $"spec.rules[{r}].matches[{m}].extensionRef");
                }
            }

            for (int f = 0; f < rule.ForwardTo.Length; f++)
            {
                if (ForwardConversion.Check(rule.ForwardTo[f], $"spec.rules[{r}].forwardTo[{f}]") is Problem problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    /// <summary>Null when none of its matches can ever hold.</summary>
    private static HttpRouteRule? Rule(LegacyHttpRule rule, int arrival)
    {
        ImmutableArray<HttpRouteMatch> matches =
            [.. rule.Matches.Where(m => m.ExtensionRef is null || MatchExtensions.IsKnown(m.ExtensionRef)).Select(Match)];
        return matches.IsEmpty
            ? null
            : new HttpRouteRule(
                null,
                matches,
                [.. rule.Filters.Select(f => Filter(f, arrival))],
                [
                    .. rule.ForwardTo.Select(f => ForwardConversion.Backend(f, arrival) with
                    {
                        Filters = [.. f.Filters.Select(filter => Filter(filter, arrival))],
                    }),
                ])
            {
                EmptyStatus = rule.ForwardTo.All(f => f.Weight == 0) ? NothingToForwardTo : null,
            };
    }

    /// <summary>ImplementationSpecific is ours to choose: a prefix, and the exact value of a header.</summary>
    private static HttpRouteMatch Match(LegacyHttpMatch match)
    {
        string pathType = match.PathType is "Exact" or "RegularExpression" ? match.PathType : "PathPrefix";
        string headerType = match.HeaderType == "RegularExpression" ? "RegularExpression" : "Exact";
        return new HttpRouteMatch(
            pathType,
            match.PathValue,
            [.. match.Headers.Select(h => new NamedMatch(headerType, h.Key, h.Value))],
            [],
            null)
        {
            ExtensionRef = match.ExtensionRef,
        };
    }

    private static HttpRouteFilter Filter(LegacyHttpFilter filter, int arrival) => filter.Type switch
    {
        "RequestHeaderModifier" => new HttpRouteFilter(filter.Type)
        {
            RequestHeaderModifier = new HeaderModifier(
                [.. filter.Headers!.Set.Select(h => new NameValue(h.Key, h.Value))],
                [.. filter.Headers.Add.Select(h => new NameValue(h.Key, h.Value))],
                filter.Headers.Remove),
        },
        "RequestMirror" => new HttpRouteFilter(filter.Type)
        {
            RequestMirror = new RequestMirror(ForwardConversion.Backend(filter.Mirror!, arrival), 1, 1),
        },
        _ => new HttpRouteFilter(filter.Type) { ExtensionRef = filter.ExtensionRef },
    };
}
