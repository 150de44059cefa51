using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

public static class Groups
{
    public const string Gateway = "gateway.networking.k8s.io";

    /// <summary>Experimental kinds of the Gateway API.</summary>
    public const string GatewayX = "gateway.networking.x-k8s.io";

    public const string Core = "";

    public const string Apps = "apps";

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

    /// <summary>Which namespaces' ListenerSets may attach; nobody's unless the Gateway says so.</summary>
    public NamespaceChoice AllowedListeners { get; init; } = NamespaceChoice.None;

    /// <summary>"All": routes with useDefaultGateways All attach without a parentRef. Else "None".</summary>
    public string DefaultScope { get; init; } = "None";

    /// <summary>For every object we make for this Gateway, as are the annotations.</summary>
    public ImmutableSortedDictionary<string, string> InfrastructureLabels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> InfrastructureAnnotations { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>spec.tls.frontend: how clients of the HTTPS listeners are asked for certificates.</summary>
    public FrontendTls? FrontendTls { get; init; }

    /// <summary>spec.tls.backend: what we show to backends that speak TLS.</summary>
    public ObjectReference? BackendClientCertificateRef { get; init; }
}

/// <summary>spec.tls.frontend.</summary>
/// <param name="Default">Null: clients are not asked.</param>
/// <param name="PerPort">Each replaces the default on its port, for ListenerSets' listeners too; ports are unique.</param>
public sealed record FrontendTls(FrontendValidation? Default, ImmutableArray<PortFrontendValidation> PerPort);

/// <param name="Validation">Null: clients are not asked on this port.</param>
public sealed record PortFrontendValidation(int Port, FrontendValidation? Validation);

/// <param name="Mode">"AllowValidOnly" (default) or "AllowInsecureFallback".</param>
public sealed record FrontendValidation(string Mode, ImmutableArray<ObjectReference> CaCertificateRefs);

/// <summary>A namespaces field: from, and a selector for From=Selector.</summary>
/// <param name="From">"Same", "All", "Selector" or "None".</param>
public sealed record NamespaceChoice(string From, LabelSelector? Selector)
{
    public static NamespaceChoice None { get; } = new("None", null);
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
    AllowedRoutes AllowedRoutes)
{
    /// <summary>A wildcard stands for exactly one label, in the hostnames of routes here too. No field of today's API.</summary>
    public bool SingleLabelWildcards { get; init; }
}

/// <param name="Mode">"Terminate" (default) or "Passthrough".</param>
public sealed record ListenerTls(string Mode, ImmutableArray<ObjectReference> CertificateRefs)
{
    /// <summary>Implementation-specific keys; none is known yet, and unknown ones are ignored.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

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
