using System.Collections.Immutable;
using System.Text.Json;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>No request of the suite is left out of the cases.</summary>
public class CompletenessTests
{
    /// <summary>The tests of the suite that look at objects alone.</summary>
    private static readonly ImmutableHashSet<string> Silent =
    [
        "BackendTLSPolicyObservedGenerationBump",
        "GatewayClassObservedGenerationBump",
        "GatewayInfrastructure",
        "GatewayInvalidFrontendClientCertificateValidation",
        "GatewayInvalidParametersRef",
        "GatewayInvalidRouteKind",
        "GatewayInvalidTLSBackendConfiguration",
        "GatewayInvalidTLSConfiguration",
        "GatewayListenerUnsupportedProtocol",
        "GatewayModifyListeners",
        "GatewayNameMaximumLength",
        "GatewayObservedGenerationBump",
        "GatewayOptionalAddressValue",
        "GatewaySecretInvalidReferenceGrant",
        "GatewaySecretMissingReferenceGrant",
        "GatewaySecretReferenceGrantAllInNamespace",
        "GatewaySecretReferenceGrantSpecific",
        "GatewayStaticAddresses",
        "GatewayWithAttachedRoutes",
        "GatewayWithAttachedRoutesWithPort8080",
        "HTTPRouteDisallowedKind",
        "HTTPRouteInvalidParentRefNotMatchingListenerPort",
        "HTTPRouteInvalidParentRefNotMatchingSectionName",
        "HTTPRouteInvalidParentRefSectionNameNotMatchingPort",
        "ListenerSetAllowedNamespaceNone",
        "ListenerSetAllowedNamespaceSame",
        "ListenerSetAllowedNamespaceSelector",
        "ListenerSetAllowedRoutesSupportedKinds",
        "ListenerSetDefaultNotAllowed",
        "ListenerSetHostnameConflict",
        "ListenerSetProtocolConflict",
        "ListenerSetReferenceGrant",
        "ListenerSetRouteStatusScopedToParentRef",
        "TCPRouteInvalidBackendRefNonexistent",
        "TCPRouteInvalidNonTCPListener",
        "TLSRouteInvalidNoMatchingListener",
        "TLSRouteInvalidNoMatchingListenerHostname",
        "TLSRouteListenerMixedTerminationNotSupported",
        "TLSRouteListenerPassthroughSupportedKinds",
        "TLSRouteListenerTerminateNotSupported",
        "TLSRouteListenerTerminateSupportedKinds",
        "UDPRouteInvalidBackendRefNonexistent",
        "UDPRouteNotAllowedByListeners",
    ];

    private static IEnumerable<KeyValuePair<string, ConformanceCase>> Cases => ConformanceCase.All.Concat(ConformanceCase.NextRelease);

    [Fact]
    public void Every_test_that_sends_requests_has_them() => Assert.Equal(
        Silent.Order(StringComparer.Ordinal),
        Cases.Where(c => !c.Value.AllSteps.SelectMany(LiveRequests.Of).Any()).Select(c => c.Key).Order(StringComparer.Ordinal));

    /// <summary>What only a translation resolves must be said in full beside it.</summary>
    [Fact]
    public void Nothing_is_only_resolved() => Assert.All(
        Cases.SelectMany(c => c.Value.AllSteps).Where(s => s.Resolves is not null), step => Assert.NotEmpty(step.Requests ?? []));

    [Fact]
    public void Every_request_can_be_read() => Assert.All(Cases.SelectMany(c => c.Value.AllSteps).SelectMany(LiveRequests.Of), request =>
    {
        Sending sending = Sending.Of(request);
        Assert.InRange(request.Port, 1, 65535);
        Assert.True(sending.Path.Length == 0 || sending.Path.StartsWith('/'));
        Assert.True(request.Redirect is null || request.Answer.StartsWith('3'));
        Assert.True(request.MirrorPercent is null || request.MirroredTo is not null);
    });

    [Theory]
    [InlineData("T: {requests: [{to: a, send: b/, answer: c, header: {}}]}")]
    [InlineData("T: {requests: [{to: a, send: b/}]}")]
    [InlineData("T: {requests: [{to: a, send: b/, answer: c, seen: {certificates: d}}]}")]
    [InlineData("T: {request: []}")]
    public void What_a_case_does_not_know_or_lacks_is_an_error(string yaml) =>
        Assert.Throws<JsonException>(() => ConformanceCase.Parse(yaml));
}
