using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy;

/// <summary>What all routes of the original API share: which Gateways may take them. Gateways choose, routes only limit.</summary>
internal abstract record LegacyRoute(ObjectMeta Meta, GatewayAllowance Gateways) : LegacyObject(Meta);

/// <param name="Allow">SameNamespace (default), All or FromList.</param>
/// <param name="Refs">Of FromList.</param>
internal sealed record GatewayAllowance(string Allow, ImmutableArray<GatewayName> Refs)
{
    public const string FromList = "FromList";

    public static GatewayAllowance Default { get; } = new("SameNamespace", []);

    public bool Allows(ObjectMeta gateway, string routeNamespace) => Allow switch
    {
        "All" => true,
        FromList => Names(gateway),
        _ => gateway.Namespace == routeNamespace,
    };

    public bool Names(ObjectMeta gateway) => Refs.Contains(new GatewayName(gateway.Namespace, gateway.Name));
}

internal sealed record GatewayName(string Namespace, string Name);

/// <param name="ServiceName">Wins over <paramref name="BackendRef"/>; both may be missing.</param>
/// <param name="Port">Null: the port at which the request arrived.</param>
/// <param name="Weight">0..1,000,000, default 1.</param>
/// <param name="Filters">Of HTTPRoutes only.</param>
internal sealed record LegacyForwardTo(
    string? ServiceName, ObjectReference? BackendRef, int? Port, int Weight, ImmutableArray<LegacyHttpFilter> Filters);

/// <summary>TCPRoute, UDPRoute and TLSRoute: rules that look at most at the server name.</summary>
internal abstract record LegacyStreamRoute(
    ObjectMeta Meta, GatewayAllowance Gateways, ImmutableArray<LegacyStreamRule> Rules) : LegacyRoute(Meta, Gateways);

/// <param name="Matches">Empty takes all.</param>
internal sealed record LegacyStreamRule(ImmutableArray<LegacyStreamMatch> Matches, ImmutableArray<LegacyForwardTo> ForwardTo);

/// <param name="ServerNames">snis of TLSRoutes, lower case; empty takes all. A wildcard stands for one label.</param>
/// <param name="ExtensionRef">A further condition of a kind of its own.</param>
internal sealed record LegacyStreamMatch(ImmutableArray<string> ServerNames, ObjectReference? ExtensionRef);

/// <summary>networking.x-k8s.io/v1alpha1 TCPRoute.</summary>
internal sealed record LegacyTcpRoute(ObjectMeta Meta, GatewayAllowance Gateways, ImmutableArray<LegacyStreamRule> Rules)
    : LegacyStreamRoute(Meta, Gateways, Rules)
{
    public override string Kind => "TCPRoute";
}

/// <summary>networking.x-k8s.io/v1alpha1 UDPRoute.</summary>
internal sealed record LegacyUdpRoute(ObjectMeta Meta, GatewayAllowance Gateways, ImmutableArray<LegacyStreamRule> Rules)
    : LegacyStreamRoute(Meta, Gateways, Rules)
{
    public override string Kind => "UDPRoute";
}

/// <summary>networking.x-k8s.io/v1alpha1 TLSRoute.</summary>
internal sealed record LegacyTlsRoute(ObjectMeta Meta, GatewayAllowance Gateways, ImmutableArray<LegacyStreamRule> Rules)
    : LegacyStreamRoute(Meta, Gateways, Rules)
{
    public override string Kind => "TLSRoute";
}
