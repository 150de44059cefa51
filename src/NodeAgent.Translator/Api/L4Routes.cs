using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>Routes whose rules match nothing: the first takes all that the listener and the hostnames let through.</summary>
public abstract record L4Route(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    string? RuleName,
    ImmutableArray<BackendRef> BackendRefs) : RouteObject(Meta, ParentRefs)
{
    /// <summary>Further rules, which only alpha versions can have and nothing can reach.</summary>
    public int FurtherRules { get; init; }

    public override IEnumerable<BackendRef> Backends => BackendRefs;
}

/// <summary>gateway.networking.k8s.io/v1 TCPRoute (v1alpha2 reads the same).</summary>
public sealed record TcpRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    string? RuleName,
    ImmutableArray<BackendRef> BackendRefs) : L4Route(Meta, ParentRefs, RuleName, BackendRefs)
{
    public override string Kind => "TCPRoute";
}

/// <summary>gateway.networking.k8s.io/v1 UDPRoute (v1alpha2 reads the same).</summary>
public sealed record UdpRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    string? RuleName,
    ImmutableArray<BackendRef> BackendRefs) : L4Route(Meta, ParentRefs, RuleName, BackendRefs)
{
    public override string Kind => "UDPRoute";

    public override RouteTraffic Traffic => RouteTraffic.Datagrams;
}

/// <summary>gateway.networking.k8s.io/v1 TLSRoute (v1alpha2 and v1alpha3 read the same).</summary>
/// <param name="Hostnames">Compared with the SNI; never empty in v1, in older versions empty takes what the listener takes.</param>
public sealed record TlsRoute(
    ObjectMeta Meta,
    ImmutableArray<ParentRef> ParentRefs,
    ImmutableArray<string> Hostnames,
    string? RuleName,
    ImmutableArray<BackendRef> BackendRefs) : L4Route(Meta, ParentRefs, RuleName, BackendRefs)
{
    public override string Kind => "TLSRoute";
}
