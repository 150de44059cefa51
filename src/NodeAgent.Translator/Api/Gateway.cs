using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

public static class Groups
{
    public const string Gateway = "gateway.networking.k8s.io";

    public const string Core = "";

    /// <summary>Kinds of our own; their schemas are in deploy/crds.</summary>
    public const string NodeAgent = "nodeagent.dev";

    public const string Extensions = "apiextensions.k8s.io";
}

/// <summary>gateway.networking.k8s.io/v1 GatewayClass.</summary>
public sealed record GatewayClass(ObjectMeta Meta, string ControllerName, ParametersRef? Parameters) : ApiObject(Meta)
{
    public override string Kind => "GatewayClass";

    public override string Group => Groups.Gateway;
}

public sealed record ParametersRef(string Group, string Kind, string Name, string? Namespace);

/// <summary>gateway.networking.k8s.io/v1 Gateway.</summary>
public sealed record Gateway(
    ObjectMeta Meta,
    string GatewayClassName,
    ImmutableArray<Listener> Listeners,
    ImmutableArray<GatewayAddress> Addresses,
    ParametersRef? InfrastructureParameters) : ApiObject(Meta)
{
    public override string Kind => "Gateway";

    public override string Group => Groups.Gateway;
}

/// <param name="Type">"IPAddress" (default), "Hostname" or a domain-prefixed name.</param>
/// <param name="Value">Null or empty asks for any address of that type.</param>
public sealed record GatewayAddress(string Type, string? Value);

/// <param name="Protocol">"HTTP", "HTTPS", "TLS", "TCP", "UDP" or a domain-prefixed name; others are UnsupportedProtocol.</param>
/// <param name="Port">1..65535.</param>
/// <param name="Hostname">Lower case; null or absent takes all.</param>
public sealed record Listener(
    string Name,
    int Port,
    string Protocol,
    string? Hostname,
    ListenerTls? Tls,
    AllowedRoutes AllowedRoutes);

/// <param name="Mode">"Terminate" (default) or "Passthrough".</param>
public sealed record ListenerTls(string Mode, ImmutableArray<ObjectReference> CertificateRefs);

/// <param name="From">"Same" (default), "All", "Selector" or "None".</param>
/// <param name="Selector">Required with From=Selector.</param>
/// <param name="Kinds">Empty: those the protocol allows.</param>
public sealed record AllowedRoutes(string From, LabelSelector? Selector, ImmutableArray<RouteKind> Kinds)
{
    public static AllowedRoutes Default { get; } = new("Same", null, []);
}

public sealed record RouteKind(string Group, string Kind);

public sealed record LabelSelector(
    ImmutableSortedDictionary<string, string> MatchLabels,
    ImmutableArray<LabelRequirement> MatchExpressions);

/// <param name="Operator">In, NotIn, Exists or DoesNotExist.</param>
public sealed record LabelRequirement(string Key, string Operator, ImmutableArray<string> Values);

/// <param name="Namespace">Null: the namespace of the referring object.</param>
public sealed record ObjectReference(string Group, string Kind, string Name, string? Namespace);
