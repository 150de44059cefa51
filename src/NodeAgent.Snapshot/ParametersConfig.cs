using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>
/// What GatewayParameters of the class and the Gateway set for the data plane. Null parts leave things as the agent
/// is set up. The default certificate and pool are not here: they are already in the listeners and addresses.
/// </summary>
/// <param name="Addresses">How the addresses are brought to the network.</param>
/// <param name="TrustedProxies">CIDRs.</param>
public sealed record ParametersConfig(
    AnnouncementConfig? Addresses = null,
    NodeSelectorConfig? NodeSelector = null,
    ImmutableArray<ProxyProtocolConfig>? ProxyProtocol = null,
    ImmutableArray<string>? TrustedProxies = null,
    BudgetConfig? Budgets = null,
    LimitConfig? Limits = null,
    AccessLogConfig? AccessLog = null,
    TimeoutConfig? Timeouts = null);

/// <param name="PerGateway">1..8.</param>
public sealed record AnnouncementConfig(AnnounceMode Mode, int PerGateway);

public enum AnnounceMode
{
    None,
    L2,
    Service,
    NodeAddress,
}

/// <summary>All must hold.</summary>
public sealed record NodeSelectorConfig(
    ImmutableSortedDictionary<string, string> MatchLabels,
    ImmutableArray<NodeRequirement> MatchExpressions);

/// <param name="Operator">In, NotIn, Exists or DoesNotExist.</param>
public sealed record NodeRequirement(string Key, string Operator, ImmutableArray<string> Values);

/// <param name="Port">Of the listeners it is for; each stands once.</param>
public sealed record ProxyProtocolConfig(int Port, ProxyProtocolUse FromClients, ProxyProtocolVersion ToBackends);

public enum ProxyProtocolUse
{
    None,
    Optional,
    Required,
}

public enum ProxyProtocolVersion
{
    None,
    V1,
    V2,
}

/// <summary>The most that the Gateway may use on each node; null is no bound.</summary>
/// <param name="BufferBytes">Of all its connections together.</param>
public sealed record BudgetConfig(int? Connections, int? ConnectionsPerClient, int? ConnectionsPerSecond, long? BufferBytes);

/// <summary>The most that one request or connection may have; null leaves the agent's own bound.</summary>
public sealed record LimitConfig(
    int? RequestTargetBytes,
    int? RequestHeaderBytes,
    int? RequestHeaders,
    long? RequestBodyBytes,
    int? Http2Streams);

/// <param name="Percent">1..100; errors are always written.</param>
public sealed record AccessLogConfig(AccessLogMode Mode, AccessLogFormat Format, int Percent, ImmutableArray<string> RequestHeaders);

public enum AccessLogMode
{
    None,
    Errors,
    All,
}

public enum AccessLogFormat
{
    Json,
    Text,
}

/// <summary>0 switches a timeout off, null leaves the agent's own.</summary>
public sealed record TimeoutConfig(
    long? ConnectMs,
    long? RequestHeadersMs,
    long? RequestMs,
    long? BackendRequestMs,
    long? ClientIdleMs,
    long? TcpIdleMs,
    long? UdpIdleMs,
    long? DrainMs);
