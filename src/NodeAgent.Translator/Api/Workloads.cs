using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <param name="Zone">From the label topology.kubernetes.io/zone.</param>
/// <param name="Addresses">status.addresses of the types InternalIP and ExternalIP, in their order.</param>
public sealed record Node(ObjectMeta Meta, string? Zone, ImmutableArray<string> Addresses) : ApiObject(Meta)
{
    public override string Kind => "Node";

    public override string Group => Groups.Core;
}

/// <param name="NodeName">Null until it is scheduled.</param>
/// <param name="Addresses">status.podIPs, the primary one first; empty until it runs.</param>
/// <param name="Ready">Its condition Ready is True.</param>
/// <param name="Terminating">It has a deletionTimestamp.</param>
public sealed record Pod(
    ObjectMeta Meta,
    string? NodeName,
    ImmutableArray<string> Addresses,
    bool Ready,
    bool Terminating,
    ImmutableArray<ContainerPort> Ports) : ApiObject(Meta)
{
    public override string Kind => "Pod";

    public override string Group => Groups.Core;
}

/// <summary>What a container says it listens on, which is only information.</summary>
public sealed record ContainerPort(string Name, int Port, string Protocol);

/// <summary>apps/v1 StatefulSet.</summary>
/// <param name="ServiceName">The Service that governs its network identity; null where it has none.</param>
public sealed record StatefulSet(ObjectMeta Meta, string? ServiceName) : ApiObject(Meta)
{
    public override string Kind => "StatefulSet";

    public override string Group => Groups.Apps;
}
