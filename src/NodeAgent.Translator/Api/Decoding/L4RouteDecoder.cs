using System.Collections.Immutable;
using System.Net;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>TCPRoute, UDPRoute and TLSRoute. Version v1 has exactly one rule; the alpha versions may have more.</summary>
internal static class L4RouteDecoder
{
    public static TcpRoute ReadTcp(FieldReader document, ObjectMeta meta)
    {
        bool stable = IsStable(document);
        return document.RequiredObject("spec", spec =>
        {
            Rules rules = ReadRules(spec, stable);
            return new TcpRoute(meta, RouteDecoder.Parents(spec), rules.First.Name, rules.First.BackendRefs)
            {
                FurtherRules = rules.Further,
                UseDefaultGateways = RouteDecoder.UsesDefaultGateways(spec),
            };
        }) ?? new TcpRoute(meta, [], null, []);
    }

    public static UdpRoute ReadUdp(FieldReader document, ObjectMeta meta)
    {
        bool stable = IsStable(document);
        return document.RequiredObject("spec", spec =>
        {
            Rules rules = ReadRules(spec, stable);
            return new UdpRoute(meta, RouteDecoder.Parents(spec), rules.First.Name, rules.First.BackendRefs)
            {
                FurtherRules = rules.Further,
                UseDefaultGateways = RouteDecoder.UsesDefaultGateways(spec),
            };
        }) ?? new UdpRoute(meta, [], null, []);
    }

    public static TlsRoute ReadTls(FieldReader document, ObjectMeta meta)
    {
        bool stable = IsStable(document);
        return document.RequiredObject("spec", spec =>
        {
            Rules rules = ReadRules(spec, stable);
            ImmutableArray<string> hostnames = spec.Texts("hostnames", stable ? 1 : 0, 1024, TextRules.Hostname);
            if (spec.Clean && stable)
            {
                CheckNoAddress(spec, hostnames);
            }

            return new TlsRoute(meta, RouteDecoder.Parents(spec), hostnames, rules.First.Name, rules.First.BackendRefs)
            {
                FurtherRules = rules.Further,
                UseDefaultGateways = RouteDecoder.UsesDefaultGateways(spec),
            };
        }) ?? new TlsRoute(meta, [], [], null, []);
    }

    private static bool IsStable(FieldReader document) =>
        document.Text("apiVersion", TextRules.Any).EndsWith("/v1", StringComparison.Ordinal);

    private static Rules ReadRules(FieldReader spec, bool stable)
    {
        ImmutableArray<Rule> rules = spec.List("rules", 1, stable ? 1 : RouteDecoder.MaxRules, rule => new Rule(
            rule.OptionalText("name", TextRules.SectionName),
            rule.List("backendRefs", 1, 16, RouteDecoder.Backend)));
        if (spec.Clean)
        {
            RouteDecoder.CheckRuleNames(spec, [.. rules.Select(r => r.Name)]);
        }

        return rules.IsEmpty ? new Rules(new Rule(null, []), 0) : new Rules(rules[0], rules.Length - 1);
    }

    /// <summary>No client sends an address as SNI (RFC 6066, section 3).</summary>
    private static void CheckNoAddress(FieldReader spec, ImmutableArray<string> hostnames)
    {
        for (int i = 0; i < hostnames.Length; i++)
        {
            // IPAddress also takes single numbers such as "1" and "1.2", which are names here.
            if (hostnames[i].Count(c => c == '.') == 3 && IPAddress.TryParse(hostnames[i], out _))
            {
                spec.ReportAt(FieldPath.Item(FieldPath.Child(spec.Path, "hostnames"), i), $"is the address {hostnames[i]}", "must be a host name");
            }
        }
    }

    private sealed record Rule(string? Name, ImmutableArray<BackendRef> BackendRefs);

    private sealed record Rules(Rule First, int Further);
}
