using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>DNS queries on UDP and TCP listeners that name the kind: by default those are TCPRoute's and UDPRoute's.</summary>
internal sealed class DnsRouteType : RouteType
{
    /// <summary>IANA's numbers of the types a rule can name.</summary>
    private static readonly Dictionary<string, int> Types = new(StringComparer.Ordinal)
    {
        ["A"] = 1,
        ["NS"] = 2,
        ["CNAME"] = 5,
        ["SOA"] = 6,
        ["PTR"] = 12,
        ["MX"] = 15,
        ["TXT"] = 16,
        ["AAAA"] = 28,
        ["SRV"] = 33,
        ["NAPTR"] = 35,
        ["SVCB"] = 64,
        ["HTTPS"] = 65,
        ["ANY"] = 255,
        ["CAA"] = 257,
    };

    public override RouteKind Kind { get; } = new(Groups.NodeAgent, DnsRoute.KindName);

    public override bool Default => false;

    public override DataPlaneFeatures Needs => DataPlaneFeatures.Dns;

    public override bool Fits(Listener listener) => listener.Protocol is "UDP" or "TCP";

    public override RouteBody Compile(RouteObject route, ObjectIndex index)
    {
        var refs = new RouteReferences(route, index);
        ImmutableArray<DnsRule> rules = [.. ((DnsRoute)route).Rules.Select((rule, i) => Compile(rule, i, refs))];
        return new Body(rules, refs.Targets, refs.Problems);
    }

    public override Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents) =>
        new DnsRouteResource(route.Meta.Namespace, route.Meta.Name, route.Meta.CreatedAt, parents, ((Body)body).Rules);

    private static DnsRule Compile(DnsRouteRule rule, int index, RouteReferences refs) => new(
        index,
        rule.Names,
        [.. rule.Types.Select(t => Types[t]).Order()],
        rule.Refuse switch { "Refused" => DnsRefusal.Refused, "NXDomain" => DnsRefusal.NxDomain, _ => null },
        rule.Answer.IsEmpty ? null : [.. rule.Answer.Select(Record)],
        [.. rule.BackendRefs.Select((b, i) => refs.Share(b, CompiledFilters.None, new RulePlace(index, i)))],
        rule.TimeoutMs);

    private static DnsRecord Record(DnsRouteRecord record) => new(
        record.Type switch
        {
            "AAAA" => DnsRecordType.Aaaa,
            "CNAME" => DnsRecordType.Cname,
            "TXT" => DnsRecordType.Txt,
            _ => DnsRecordType.A,
        },
        record.Ttl,
        record.Value);

    private sealed record Body(ImmutableArray<DnsRule> Rules, ImmutableArray<SnapshotTarget> Targets, ImmutableArray<Problem> Unresolved)
        : RouteBody(Targets, null, null, Unresolved);
}
