namespace NodeAgent.Translator;

/// <summary>What usually mends a condition, and where, for problems that do not say so themselves.</summary>
internal static class Mends
{
    public static string Of(string reason) => reason switch
    {
        Reasons.AddressNotAssigned => "pass --address-pool CIDR or set spec.addresses",
        Reasons.AddressNotUsable => "take an address that the node can have and that no other Gateway has",
        Reasons.BackendNotFound => "create it, or name a Service and a port of it that exist",
        Reasons.HostnameConflict => "give each listener of a port a hostname of its own",
        Reasons.IncompatibleFilters => "take one of the filters out",
        Reasons.InvalidKind => "refer to a kind that is served",
        Reasons.InvalidParameters => "take the parametersRef out",
        Reasons.InvalidRouteKinds => "name only kinds that fit the listener's protocol",
        Reasons.NoMatchingListenerHostname => "name a hostname that a listener of the parent takes",
        Reasons.NoMatchingParent => "name a listener and a port that the parent has",
        Reasons.NotAllowedByListeners => "allow it in allowedRoutes of the listener",
        Reasons.PortUnavailable => "free the port or choose another",
        Reasons.ProtocolConflict => "give the listener a port of its own",
        Reasons.RefNotPermitted => "add a ReferenceGrant to the namespace of what is referred to",
        Reasons.UnsupportedAddress => "use addresses of type IPAddress",
        Reasons.UnsupportedProtocol => "use a protocol that is served",
        "InvalidCertificateRef" or "InvalidClientCertificateRef" => "name a Secret of type kubernetes.io/tls with a certificate and its key",
        "InvalidCACertificateRef" or "NoValidCACertificate" => "name a ConfigMap with PEM certificates under ca.crt",
        "InvalidCACertificateKind" => "name a ConfigMap",
        "NotAllowed" => "allow it in spec.allowedListeners of the Gateway",
        "TargetNotFound" => "name a target that exists",
        _ => "",
    };

    /// <summary>Null: the part that the condition is about.</summary>
    public static string? FieldOf(string type, string reason, string kind) => (type, reason) switch
    {
        (_, Reasons.AddressNotAssigned) => "spec",
        (_, Reasons.AddressNotUsable or Reasons.UnsupportedAddress) => "spec.addresses",
        (_, Reasons.InvalidParameters) => kind == "GatewayClass" ? "spec.parametersRef" : "spec.infrastructure.parametersRef",
        (_, "NotAllowed" or "ParentNotAccepted" or "ParentNotProgrammed") => "spec.parentRef",
        (Conditions.ResolvedRefs, _) when kind.EndsWith("Route", StringComparison.Ordinal) => "spec.rules",
        (Conditions.PartiallyInvalid, _) => "spec.rules",
        _ => null,
    };
}
