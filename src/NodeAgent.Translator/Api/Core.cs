using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.k8s.io/v1 (and v1beta1) ReferenceGrant.</summary>
public sealed record ReferenceGrant(
    ObjectMeta Meta,
    ImmutableArray<GrantFrom> From,
    ImmutableArray<GrantTo> To) : ApiObject(Meta)
{
    public override string Kind => "ReferenceGrant";

    public override string Group => Groups.Gateway;

    /// <summary>The namespace that may be referred to.</summary>
    public override ImmutableArray<string> Links => [Meta.Namespace];
}

public sealed record GrantFrom(string Group, string Kind, string Namespace);

/// <param name="Name">Null: all of that kind in the grant's namespace.</param>
public sealed record GrantTo(string Group, string Kind, string? Name);

public sealed record Service(ObjectMeta Meta, string Type, ImmutableArray<ServicePort> Ports) : ApiObject(Meta)
{
    public override string Kind => "Service";

    public override string Group => Groups.Core;
}

/// <param name="Name">Empty for a single unnamed port.</param>
public sealed record ServicePort(string Name, int Port, string Protocol, string? AppProtocol);

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

public sealed record SlicePort(string Name, int? Port, string Protocol);

/// <param name="Ready">conditions.ready; unset counts as true.</param>
/// <param name="Serving">conditions.serving; unset follows ready.</param>
public sealed record SliceEndpoint(ImmutableArray<string> Addresses, bool Ready, bool Serving, bool Terminating);

public sealed record Namespace(ObjectMeta Meta) : ApiObject(Meta)
{
    public override string Kind => "Namespace";

    public override string Group => Groups.Core;
}

/// <param name="Data">Decoded values.</param>
public sealed record Secret(
    ObjectMeta Meta,
    string Type,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> Data) : ApiObject(Meta)
{
    public override string Kind => "Secret";

    public override string Group => Groups.Core;
}

/// <param name="BinaryData">Decoded values.</param>
public sealed record ConfigMap(
    ObjectMeta Meta,
    ImmutableSortedDictionary<string, string> Data,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> BinaryData) : ApiObject(Meta)
{
    public override string Kind => "ConfigMap";

    public override string Group => Groups.Core;
}
