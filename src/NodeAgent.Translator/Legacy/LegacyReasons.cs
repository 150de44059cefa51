namespace NodeAgent.Translator.Legacy;

/// <summary>Condition types of the original API.</summary>
internal static class LegacyConditions
{
    public const string Admitted = "Admitted";
    public const string Conflicted = "Conflicted";
    public const string Detached = "Detached";
    public const string InvalidParameters = "InvalidParameters";
    public const string NoSuchBackend = "NoSuchBackend";
    public const string Ready = "Ready";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string Scheduled = "Scheduled";
}

/// <summary>Reasons of the original API, and some of ours where it has none.</summary>
internal static class LegacyReasons
{
    public const string AddressNotAssigned = "AddressNotAssigned";
    public const string Admitted = "Admitted";
    public const string Attached = "Attached";
    public const string BackendsFound = "BackendsFound";
    public const string Conflicted = "Conflicted";
    public const string DegradedRoutes = "DegradedRoutes";

    /// <summary>Ours: the Gateway selects the route, and the route's spec.gateways does not let it.</summary>
    public const string GatewayNotAllowed = "GatewayNotAllowed";

    public const string HostnameConflict = "HostnameConflict";
    public const string Invalid = "Invalid";
    public const string InvalidCertificateRef = "InvalidCertificateRef";
    public const string InvalidParameters = "InvalidParameters";
    public const string InvalidRoutesRef = "InvalidRoutesRef";
    public const string ListenersNotReady = "ListenersNotReady";
    public const string ListenersNotValid = "ListenersNotValid";
    public const string NoConflicts = "NoConflicts";
    public const string NoResources = "NoResources";
    public const string NoSuchBackend = "NoSuchBackend";

    /// <summary>Ours: the route names the Gateway, and none of its listeners selects the route.</summary>
    public const string NotSelectedByGateway = "NotSelectedByGateway";

    public const string Pending = "Pending";
    public const string PortUnavailable = "PortUnavailable";
    public const string ProtocolConflict = "ProtocolConflict";
    public const string Ready = "Ready";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string RouteConflict = "RouteConflict";
    public const string Scheduled = "Scheduled";
    public const string UnsupportedAddress = "UnsupportedAddress";
    public const string UnsupportedExtension = "UnsupportedExtension";
    public const string UnsupportedProtocol = "UnsupportedProtocol";
    public const string ValidParameters = "ValidParameters";
}
