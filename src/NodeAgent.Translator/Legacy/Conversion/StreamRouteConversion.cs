using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>TCPRoutes, UDPRoutes and TLSRoutes of the original API, which had several rules, as today's, which have one.</summary>
internal static class StreamRouteConversion
{
    public static LegacyConversion Of(LegacyStreamRoute route, ObjectIndex index)
    {
        ImmutableArray<RouteBinding> bindings = RouteBinding.Of(route, index);
        RouteSection[] sections = [.. bindings.SelectMany(b => b.Sections)];
        (int Index, LegacyStreamRule Rule)[] rules = [.. route.Rules.Select((rule, i) => (i, rule)).Where(r => CanMatch(r.rule))];
        ImmutableArray<ApiObject> objects = route switch
        {
            LegacyTlsRoute => [.. rules.SelectMany(r => Tls(route, r.Index, r.Rule, sections))],
            LegacyUdpRoute => [.. rules.Take(1).SelectMany(r => Udp(route, r.Rule, sections))],
            _ => [.. rules.Take(1).SelectMany(r => Tcp(route, r.Rule, sections))],
        };
        return new LegacyConversion([route, .. RouteInputs.Of(bindings)], objects)
        {
            Bindings = bindings,
            Unresolved = Check(route),
            LeftOut = LeftOut(route, rules),
        };
    }

    /// <summary>A match without condition takes all; one with a condition we do not know takes nothing.</summary>
    private static bool CanMatch(LegacyStreamRule rule) => rule.Matches.IsEmpty || rule.Matches.Any(m => m.ExtensionRef is null);

    private static IEnumerable<TcpRoute> PlainTcp(LegacyStreamRoute route, LegacyStreamRule rule, IEnumerable<RouteSection> sections) =>
        RoutePart.Of(sections, TakesArrivalPort(rule)).Select(part => new TcpRoute(
            ConvertedNames.Of(route.Meta, part.Name), part.Parents, null, Backends(rule, part.Port)));

    /// <summary>At a TLS listener that decrypts, a TCPRoute takes what the listener's hostname takes.</summary>
    private static IEnumerable<ApiObject> Tcp(LegacyStreamRoute route, LegacyStreamRule rule, RouteSection[] sections) =>
        PlainTcp(route, rule, sections.Where(s => s.Protocol != "TLS")).Concat<ApiObject>(
            RoutePart.Of(sections.Where(s => s.Protocol == "TLS"), TakesArrivalPort(rule), "tcp").Select(part => new TlsRoute(
                ConvertedNames.Of(route.Meta, part.Name), part.Parents, [], null, Backends(rule, part.Port))));

    private static IEnumerable<UdpRoute> Udp(LegacyStreamRoute route, LegacyStreamRule rule, RouteSection[] sections) =>
        RoutePart.Of(sections, TakesArrivalPort(rule)).Select(part => new UdpRoute(
            ConvertedNames.Of(route.Meta, part.Name), part.Parents, null, Backends(rule, part.Port)));

    /// <summary>One route for each rule; their names are in the order of the rules, and so is their precedence.</summary>
    private static IEnumerable<TlsRoute> Tls(LegacyStreamRoute route, int index, LegacyStreamRule rule, RouteSection[] sections) =>
        RoutePart.Of(sections, TakesArrivalPort(rule), $"r{index:00}").Select(part => new TlsRoute(
            ConvertedNames.Of(route.Meta, part.Name), part.Parents, ServerNames(rule), null, Backends(rule, part.Port)));

    /// <summary>Empty for all: one match that names none takes all.</summary>
    private static ImmutableArray<string> ServerNames(LegacyStreamRule rule)
    {
        LegacyStreamMatch[] matches = [.. rule.Matches.Where(m => m.ExtensionRef is null)];
        return matches.Any(m => m.ServerNames.IsEmpty) ? [] : [.. matches.SelectMany(m => m.ServerNames).Distinct()];
    }

    private static bool TakesArrivalPort(LegacyStreamRule rule) => rule.ForwardTo.Any(f => f.Port is null);

    private static ImmutableArray<BackendRef> Backends(LegacyStreamRule rule, int arrival) =>
        [.. rule.ForwardTo.Select(f => ForwardConversion.Backend(f, arrival))];

    private static Problem? Check(LegacyStreamRoute route)
    {
        for (int r = 0; r < route.Rules.Length; r++)
        {
            LegacyStreamRule rule = route.Rules[r];
            for (int m = 0; m < rule.Matches.Length; m++)
            {
                if (rule.Matches[m].ExtensionRef is ObjectReference extension)
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

    /// <summary>Without matches the first rule takes everything, and those after it nothing.</summary>
    private static Problem? LeftOut(LegacyStreamRoute route, (int Index, LegacyStreamRule Rule)[] rules)
    {
        if (rules.Length == 0)
        {
            return new Problem(Reasons.UnsupportedValue, "none of its rules can ever match");
        }

        return route is LegacyTlsRoute || rules.Length == 1
            ? null
            : new Problem(Reasons.UnsupportedValue, $"rule {rules[0].Index} takes all traffic; rule {rules[1].Index} and later ones get none")
            {
                Field = $"spec.rules[{rules[1].Index}]",
            };
    }
}
