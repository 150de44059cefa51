using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
/// <param name="ServiceName">From the label kubernetes.io/service-name; null slices belong to nobody.</param>
/// <param name="AddressType">IPv4, IPv6 or FQDN (which is ignored).</param>
public sealed record EndpointSlice(
    ObjectMeta Meta,
    string? ServiceName,
    string AddressType,
    ImmutableArray<SlicePort> Ports,
    ImmutableArray<SliceEndpoint> Endpoints) : ApiObject(Meta)
{
    public override string Kind => "EndpointSlice";

    public override string Group => "discovery.k8s.io";

    public override ImmutableArray<string> Links => ServiceName is null ? [] : [$"Service/{Meta.Namespace}/{ServiceName}"];
}

/// <param name="Port">Null: all ports, which says nothing to a gateway.</param>
public sealed record SlicePort(string Name, int? Port, string Protocol);

/// <param name="Ready">conditions.ready; unset counts as true.</param>
/// <param name="Serving">conditions.serving; unset follows ready.</param>
public sealed record SliceEndpoint(ImmutableArray<string> Addresses, bool Ready, bool Serving, bool Terminating)
{
    public string? Zone { get; init; }

    /// <summary>hints.forZones: clients of which zones are meant to use it; empty without a hint.</summary>
    public ImmutableArray<string> ForZones { get; init; } = [];

    /// <summary>hints.forNodes.</summary>
    public ImmutableArray<string> ForNodes { get; init; } = [];

    public EndpointOwner? Owner { get; init; }
}

/// <summary>targetRef: what stands behind the address, a Pod most of the time.</summary>
public sealed record EndpointOwner(string Kind, string Namespace, string Name);
