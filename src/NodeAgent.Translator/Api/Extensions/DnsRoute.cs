using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>nodeagent.dev/v1alpha1 DNSRoute: DNS queries on UDP and TCP listeners, by name and type.</summary>
public sealed record DnsRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    ImmutableArray<DnsRouteRule> Rules) : RouteObject(Meta, ParentRefs)
{
    public const string KindName = "DNSRoute";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;

    /// <summary>A query that comes by TCP goes on by TCP, to the same endpoint.</summary>
    public override RouteTraffic Traffic => RouteTraffic.Datagrams;

    public override IEnumerable<BackendRef> Backends => Rules.SelectMany(r => r.BackendRefs);
}

/// <summary>Exactly one of <paramref name="Refuse"/>, <paramref name="Answer"/> and <paramref name="BackendRefs"/> says what happens.</summary>
/// <param name="Names">Lower case, exact or <c>*.suffix</c>; empty matches all.</param>
/// <param name="Types">Such as A or SRV; empty matches all.</param>
/// <param name="Refuse">Refused or NXDomain; null for other rules.</param>
/// <param name="TimeoutMs">For one backend endpoint to answer, 10..60,000.</param>
public sealed record DnsRouteRule(
    string? Name,
    ImmutableArray<string> Names,
    ImmutableArray<string> Types,
    string? Refuse,
    ImmutableArray<DnsRouteRecord> Answer,
    ImmutableArray<BackendRef> BackendRefs,
    int TimeoutMs);

/// <param name="Type">A, AAAA, CNAME or TXT.</param>
/// <param name="Ttl">Seconds.</param>
public sealed record DnsRouteRecord(string Type, int Ttl, string Value);
