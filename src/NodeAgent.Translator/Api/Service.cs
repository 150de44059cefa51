using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>A Service as far as a gateway looks at it: it sends to endpoints, never to the cluster IP.</summary>
/// <param name="Type">ClusterIP (default), NodePort, LoadBalancer or ExternalName.</param>
/// <param name="Ports">May be empty for headless and ExternalName Services.</param>
public sealed record Service(ObjectMeta Meta, string Type, ImmutableArray<ServicePort> Ports) : ApiObject(Meta)
{
    public override string Kind => "Service";

    public override string Group => Groups.Core;

    /// <summary>IPv4, IPv6; the first is the primary one. Empty where the API server did not fill it in.</summary>
    public ImmutableArray<string> IpFamilies { get; init; } = [];

    /// <summary>sessionAffinity ClientIP: how long a client stays with its endpoint after its last use, in seconds, 1..86,400. Null for None.</summary>
    public int? ClientIpAffinitySeconds { get; init; }

    /// <summary>PreferClose, PreferSameZone or PreferSameNode; null spreads evenly.</summary>
    public string? TrafficDistribution { get; init; }
}

/// <param name="Name">Empty for a single unnamed port.</param>
/// <param name="Protocol">TCP (default), UDP or SCTP.</param>
public sealed record ServicePort(string Name, int Port, string Protocol, string? AppProtocol);
