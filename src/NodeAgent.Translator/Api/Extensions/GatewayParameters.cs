using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>
/// nodeagent.dev/v1alpha1 GatewayParameters: what a class or one Gateway sets beyond the Gateway API. Sections that
/// the object leaves out are null.
/// </summary>
/// <param name="ProxyProtocol">One entry a port.</param>
/// <param name="TrustedProxies">CIDRs.</param>
/// <param name="DefaultCertificate">A Secret; namespace null means the parameters' own.</param>
public sealed record GatewayParameters(
    ObjectMeta Meta,
    AddressParameters? Addresses = null,
    LabelSelector? NodeSelector = null,
    ImmutableArray<ProxyProtocolPort>? ProxyProtocol = null,
    ImmutableArray<string>? TrustedProxies = null,
    GatewayBudgets? Budgets = null,
    RequestLimits? Limits = null,
    AccessLogParameters? AccessLog = null,
    GatewayTimeouts? Timeouts = null,
    ObjectReference? DefaultCertificate = null) : ApiObject(Meta)
{
    public const string KindName = "GatewayParameters";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;
}

/// <param name="Announce">None, L2 (default), Service or NodeAddress.</param>
/// <param name="Pools">Names of AddressPools; empty: every pool that allows the Gateway.</param>
/// <param name="DefaultPool">For Gateways that ask for no address of their own.</param>
/// <param name="PerGateway">1..8.</param>
public sealed record AddressParameters(string Announce, ImmutableArray<string> Pools, string? DefaultPool, int PerGateway);

/// <param name="FromClients">None, Optional or Required.</param>
/// <param name="ToBackends">None, V1 or V2.</param>
public sealed record ProxyProtocolPort(int Port, string FromClients, string ToBackends);

/// <summary>The most that one Gateway may use on each node; null is no bound.</summary>
/// <param name="BufferBytes">Of all connections together.</param>
public sealed record GatewayBudgets(int? Connections, int? ConnectionsPerClient, int? ConnectionsPerSecond, long? BufferBytes);

/// <summary>The most that one request or connection may have; null leaves the agent's own bound.</summary>
public sealed record RequestLimits(
    int? RequestTargetBytes,
    int? RequestHeaderBytes,
    int? RequestHeaders,
    long? RequestBodyBytes,
    int? Http2Streams);

/// <param name="Mode">None, Errors or All.</param>
/// <param name="Format">JSON or Text.</param>
/// <param name="Percent">1..100.</param>
public sealed record AccessLogParameters(string Mode, string Format, int Percent, ImmutableArray<string> RequestHeaders);

/// <summary>Milliseconds; 0 switches a timeout off, null leaves the agent's own.</summary>
public sealed record GatewayTimeouts(
    long? Connect,
    long? RequestHeaders,
    long? Request,
    long? BackendRequest,
    long? ClientIdle,
    long? TcpIdle,
    long? UdpIdle,
    long? Drain);
