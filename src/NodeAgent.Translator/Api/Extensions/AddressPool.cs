using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>nodeagent.dev/v1alpha1 AddressPool (cluster-scoped): addresses that Gateways may be given.</summary>
/// <param name="Addresses">CIDRs and FIRST-LAST ranges.</param>
/// <param name="Avoid">Addresses, CIDRs and ranges that are never given out.</param>
/// <param name="AutoAssign">False: only for Gateways that ask for one of its addresses or whose parameters name it.</param>
/// <param name="Namespaces">Null: Gateways of all namespaces may use it.</param>
/// <param name="GatewayClassNames">Empty: all of our classes.</param>
public sealed record AddressPool(
    ObjectMeta Meta,
    ImmutableArray<string> Addresses,
    ImmutableArray<string> Avoid,
    bool AutoAssign,
    PoolNamespaces? Namespaces,
    ImmutableArray<string> GatewayClassNames) : ApiObject(Meta)
{
    public const string KindName = "AddressPool";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;
}

/// <summary>A namespace is meant when it is named or the selector takes it.</summary>
public sealed record PoolNamespaces(ImmutableArray<string> Names, LabelSelector? Selector);

/// <summary>nodeagent.dev/v1alpha1 AddressClaim (cluster-scoped, named after the address): who has one address.</summary>
/// <param name="Address">Canonical text.</param>
/// <param name="GatewayUid">A new Gateway of the same name does not inherit the claim.</param>
public sealed record AddressClaim(
    ObjectMeta Meta,
    string Address,
    string PoolName,
    string GatewayNamespace,
    string GatewayName,
    string GatewayUid) : ApiObject(Meta)
{
    public const string KindName = "AddressClaim";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;
}
