using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>nodeagent.dev/v1alpha1 EndpointGroup: a backend outside of the cluster, by its addresses and host names.</summary>
/// <param name="Port">What backendRefs may name; also of endpoints and host names that have none of their own.</param>
/// <param name="AppProtocol">HTTP (1.1) or H2C; of no matter to TCP, TLS and DNS routes.</param>
public sealed record EndpointGroup(
    ObjectMeta Meta,
    int Port,
    string AppProtocol,
    ImmutableArray<GroupEndpoint> Endpoints,
    ImmutableArray<GroupHostname> Hostnames) : ApiObject(Meta)
{
    public const string KindName = "EndpointGroup";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;
}

/// <param name="Address">Canonical text.</param>
/// <param name="Port">Null: that of the group.</param>
public sealed record GroupEndpoint(string Address, int? Port);

/// <param name="Port">Null: that of the group.</param>
/// <param name="IntervalMs">Between two lookups, 1,000..86,400,000.</param>
public sealed record GroupHostname(string Name, int? Port, int IntervalMs);
