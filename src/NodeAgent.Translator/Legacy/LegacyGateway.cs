using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy;

/// <summary>networking.x-k8s.io/v1alpha1 Gateway.</summary>
internal sealed record LegacyGateway(
    ObjectMeta Meta,
    string GatewayClassName,
    ImmutableArray<LegacyListener> Listeners,
    ImmutableArray<LegacyAddress> Addresses) : LegacyObject(Meta)
{
    public override string Kind => "Gateway";
}

/// <param name="Type">"IPAddress" (default) or "NamedAddress".</param>
internal sealed record LegacyAddress(string Type, string Value);

/// <summary>Listeners have no names: port, protocol and hostname tell one from another.</summary>
/// <param name="Protocol">"HTTP", "HTTPS", "TLS", "TCP", "UDP" or a domain-prefixed name.</param>
/// <param name="Hostname">Lower case; null takes all. A wildcard stands for one label.</param>
internal sealed record LegacyListener(
    int Port, string Protocol, string? Hostname, LegacyListenerTls? Tls, LegacyRouteSelection Routes);

/// <param name="Mode">"Terminate" (default) or "Passthrough".</param>
/// <param name="RouteOverride">routeOverride.certificate is Allow: HTTPRoutes may bring a certificate for their hostnames.</param>
internal sealed record LegacyListenerTls(string Mode, ObjectReference? CertificateRef, bool RouteOverride);

/// <summary>listeners[].routes: one kind of route, chosen by its namespace and by its own labels.</summary>
/// <param name="Namespaces">From is Same (default), All or Selector.</param>
/// <param name="Labels">Null takes all.</param>
internal sealed record LegacyRouteSelection(string Group, string Kind, AllowedRoutes Namespaces, LabelSelector? Labels);
