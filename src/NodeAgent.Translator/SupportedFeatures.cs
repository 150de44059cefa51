using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>
/// GatewayClass status.supportedFeatures: the features of Gateway API 1.6.1 that concern gateways, as far as the data
/// plane serves them and the installed definitions can carry them.
/// </summary>
internal static class SupportedFeatures
{
    /// <summary>The API's cap on the list.</summary>
    public const int Max = 64;

    private const string Filters = "spec.rules[].filters[].";

    private const string FrontendValidation = "spec.tls.frontend.default.validation";

    private const DataPlaneFeatures ClientCertificates = DataPlaneFeatures.Https | DataPlaneFeatures.FrontendValidation;

    /// <summary>In the order of names.</summary>
    public static ImmutableArray<Feature> All { get; } =
    [
        .. ((Feature[])
        [
            new("Gateway", "gateways"),
            new("GatewayAddressEmpty", "gateways", "spec.addresses[].value?"),
            new("GatewayBackendClientCertificate", "gateways", "spec.tls.backend.clientCertificateRef", DataPlaneFeatures.BackendTls),
            new("GatewayFrontendClientCertificateValidation", "gateways", FrontendValidation, ClientCertificates),
            new("GatewayFrontendClientCertificateValidationInsecureFallback", "gateways", FrontendValidation + ".mode", ClientCertificates),
            new("GatewayHTTPListenerIsolation", "gateways"),
            new("GatewayHTTPSListenerDetectMisdirectedRequests", "gateways", null, DataPlaneFeatures.Https | DataPlaneFeatures.MisdirectedRequests),
            new("GatewayInfrastructurePropagation", "gateways", "spec.infrastructure.labels", DataPlaneFeatures.Infrastructure),
            new("GatewayPort8080", "gateways"),
            new("GatewayStaticAddresses", "gateways", "spec.addresses"),
            new("ListenerSet", "listenersets"),
            new("ReferenceGrant", "referencegrants"),
            new("BackendTLSPolicy", "backendtlspolicies", null, DataPlaneFeatures.BackendTls),
            new("BackendTLSPolicySANValidation", "backendtlspolicies", "spec.validation.subjectAltNames", DataPlaneFeatures.BackendTls),
            new("GRPCRoute", "grpcroutes", null, DataPlaneFeatures.Grpc),
            new("GRPCRouteNamedRouteRule", "grpcroutes", "spec.rules[].name", DataPlaneFeatures.Grpc),
            new("TCPRoute", "tcproutes"),
            new("TLSRoute", "tlsroutes", null, DataPlaneFeatures.TlsPassthrough),
            new("TLSRouteModeMixed", "tlsroutes", null, DataPlaneFeatures.TlsPassthrough | DataPlaneFeatures.TlsTerminate, Experimental: true),
            new("TLSRouteModeTerminate", "tlsroutes", null, DataPlaneFeatures.TlsTerminate),
            new("UDPRoute", "udproutes", null, DataPlaneFeatures.Udp),
            new("HTTPRoute", "httproutes"),
            new("HTTPRoute303RedirectStatusCode", "httproutes", Filters + "requestRedirect.statusCode=303"),
            new("HTTPRoute307RedirectStatusCode", "httproutes", Filters + "requestRedirect.statusCode=307"),
            new("HTTPRoute308RedirectStatusCode", "httproutes", Filters + "requestRedirect.statusCode=308"),
            new("HTTPRouteBackendProtocolH2C", "httproutes"),
            new("HTTPRouteBackendProtocolWebSocket", "httproutes"),
            new("HTTPRouteBackendRequestHeaderModification", "httproutes", "spec.rules[].backendRefs[].filters[].requestHeaderModifier"),
            new("HTTPRouteBackendTimeout", "httproutes", "spec.rules[].timeouts.backendRequest", DataPlaneFeatures.Timeouts),
            new("HTTPRouteCORS", "httproutes", Filters + "cors", DataPlaneFeatures.Cors),
            new("HTTPRouteDestinationPortMatching", "httproutes", "spec.parentRefs[].port", Experimental: true),
            new("HTTPRouteHostRewrite", "httproutes", Filters + "urlRewrite.hostname"),
            new("HTTPRouteMethodMatching", "httproutes", "spec.rules[].matches[].method"),
            new("HTTPRouteNamedRouteRule", "httproutes", "spec.rules[].name"),
            new("HTTPRouteParentRefPort", "httproutes", "spec.parentRefs[].port"),
            new("HTTPRoutePathRedirect", "httproutes", Filters + "requestRedirect.path"),
            new("HTTPRoutePathRewrite", "httproutes", Filters + "urlRewrite.path"),
            new("HTTPRoutePortRedirect", "httproutes", Filters + "requestRedirect.port"),
            new("HTTPRouteQueryParamMatching", "httproutes", "spec.rules[].matches[].queryParams"),
            new("HTTPRouteRequestMirror", "httproutes", Filters + "requestMirror", DataPlaneFeatures.Mirror),
            new("HTTPRouteRequestMultipleMirrors", "httproutes", Filters + "requestMirror", DataPlaneFeatures.Mirror),
            new("HTTPRouteRequestPercentageMirror", "httproutes", Filters + "requestMirror.percent", DataPlaneFeatures.Mirror),
            new("HTTPRouteRequestTimeout", "httproutes", "spec.rules[].timeouts.request", DataPlaneFeatures.Timeouts),
            new("HTTPRouteResponseHeaderModification", "httproutes", Filters + "responseHeaderModifier"),
            new("HTTPRouteRetry", "httproutes", "spec.rules[].retry", DataPlaneFeatures.Retry, Experimental: true),
            new("HTTPRouteRetryBackendTimeout", "httproutes", "spec.rules[].retry", DataPlaneFeatures.Retry | DataPlaneFeatures.Timeouts, Experimental: true),
            new("HTTPRouteRetryConnectionError", "httproutes", "spec.rules[].retry", DataPlaneFeatures.Retry, Experimental: true),
            new("HTTPRouteSchemeRedirect", "httproutes", Filters + "requestRedirect.scheme"),
        ]).OrderBy(f => f.Name, StringComparer.Ordinal),
    ];

    /// <summary>The fields to look for in the schema of the definition <paramref name="name"/> (PLURAL.GROUP).</summary>
    public static IEnumerable<string> FieldsOf(string name) =>
        All.Where(f => f.Field is not null && NameOf(f.Definition) == name).Select(f => f.Field!).Distinct();

    /// <summary>Names, sorted.</summary>
    /// <param name="serves">Whether the data plane serves all of the flags given.</param>
    /// <param name="installed">By name; null where no definition of the Gateway API is known: then every field can be written.</param>
    public static ImmutableArray<string> Of(
        Func<DataPlaneFeatures, bool> serves, IReadOnlyDictionary<string, CustomResourceDefinition>? installed) =>
    [
        .. All.Where(f => serves(f.Needs))
            .Where(f => installed is null || Carries(f, installed))
            .Select(f => f.Name)
            .Take(Max),
    ];

    private static bool Carries(Feature feature, IReadOnlyDictionary<string, CustomResourceDefinition> installed) =>
        installed.TryGetValue(NameOf(feature.Definition), out CustomResourceDefinition? definition)
        && (feature.Field is null || definition.Fields.Contains(feature.Field))
        && (!feature.Experimental || definition.Channel == "experimental");

    private static string NameOf(string plural) => $"{plural}.{Groups.Gateway}";
}
