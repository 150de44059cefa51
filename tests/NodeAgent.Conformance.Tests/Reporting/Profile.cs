using System.Collections.Immutable;

namespace NodeAgent.Conformance.Tests.Reporting;

/// <summary>A conformance profile: a test belongs to it when all its features do, and is extended when one of them is not core.</summary>
internal sealed record Profile(string Name, ImmutableArray<string> Core, ImmutableArray<string> Extended)
{
    private static readonly ImmutableArray<string> OfGateways =
    [
        "GatewayAddressEmpty", "GatewayBackendClientCertificate", "GatewayFrontendClientCertificateValidation",
        "GatewayFrontendClientCertificateValidationInsecureFallback", "GatewayHTTPListenerIsolation",
        "GatewayHTTPSListenerDetectMisdirectedRequests", "GatewayInfrastructurePropagation", "GatewayPort8080", "GatewayStaticAddresses", "ListenerSet",
    ];

    private static readonly ImmutableArray<string> OfHttpRoutes =
    [
        "HTTPRoute303RedirectStatusCode", "HTTPRoute307RedirectStatusCode", "HTTPRoute308RedirectStatusCode", "HTTPRouteBackendProtocolH2C",
        "HTTPRouteBackendProtocolWebSocket", "HTTPRouteBackendRequestHeaderModification", "HTTPRouteBackendTimeout", "HTTPRouteCORS",
        "HTTPRouteDestinationPortMatching", "HTTPRouteHostRewrite", "HTTPRouteMethodMatching", "HTTPRouteNamedRouteRule", "HTTPRouteParentRefPort",
        "HTTPRoutePathRedirect", "HTTPRoutePathRewrite", "HTTPRoutePortRedirect", "HTTPRouteQueryParamMatching", "HTTPRouteRequestMirror",
        "HTTPRouteRequestMultipleMirrors", "HTTPRouteRequestPercentageMirror", "HTTPRouteRequestTimeout", "HTTPRouteResponseHeaderModification",
        "HTTPRouteRetry", "HTTPRouteRetryBackendTimeout", "HTTPRouteRetryConnectionError", "HTTPRouteSchemeRedirect",
    ];

    public static ImmutableArray<Profile> All { get; } =
    [
        Of("GATEWAY-HTTP", "HTTPRoute", [.. OfHttpRoutes, "BackendTLSPolicy", "BackendTLSPolicySANValidation"]),
        Of("GATEWAY-GRPC", "GRPCRoute", []),
        Of("GATEWAY-TLS", "TLSRoute", ["TLSRouteModeMixed", "TLSRouteModeTerminate"]),
        Of("GATEWAY-TCP", "TCPRoute", []),
        Of("GATEWAY-UDP", "UDPRoute", []),
    ];

    public bool Has(IEnumerable<string> features) => features.All(f => Core.Contains(f) || Extended.Contains(f));

    public bool IsCore(IEnumerable<string> features) => features.All(f => Core.Contains(f));

    private static Profile Of(string name, string route, ImmutableArray<string> more) =>
        new(name, ["Gateway", "ReferenceGrant", route], [.. OfGateways.Concat(more).Order(StringComparer.Ordinal)]);
}
