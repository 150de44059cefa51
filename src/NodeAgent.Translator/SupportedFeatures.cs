using System.Collections.Immutable;

namespace NodeAgent.Translator;

/// <summary>GatewayClass status.supportedFeatures: what is served today, sorted. A name is added with the code behind it.</summary>
internal static class SupportedFeatures
{
    public static ImmutableArray<string> Names { get; } =
    [
        "Gateway",
        "GatewayAddressEmpty",
        "GatewayHTTPListenerIsolation",
        "GatewayPort8080",
        "GatewayStaticAddresses",
        "HTTPRoute",
        "HTTPRoute303RedirectStatusCode",
        "HTTPRoute307RedirectStatusCode",
        "HTTPRoute308RedirectStatusCode",
        "HTTPRouteBackendProtocolWebSocket",
        "HTTPRouteBackendRequestHeaderModification",
        "HTTPRouteHostRewrite",
        "HTTPRouteMethodMatching",
        "HTTPRouteNamedRouteRule",
        "HTTPRouteParentRefPort",
        "HTTPRoutePathRedirect",
        "HTTPRoutePathRewrite",
        "HTTPRoutePortRedirect",
        "HTTPRouteQueryParamMatching",
        "HTTPRouteResponseHeaderModification",
        "HTTPRouteSchemeRedirect",
        "ReferenceGrant",
        "TCPRoute",
    ];
}
