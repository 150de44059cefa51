namespace NodeAgent.Translator;

/// <summary>Condition reasons, spelled as the Gateway API has them.</summary>
internal static class Reasons
{
    public const string Accepted = "Accepted";
    public const string AddressNotAssigned = "AddressNotAssigned";
    public const string AddressNotUsable = "AddressNotUsable";
    public const string Applied = "Applied";
    public const string BackendNotFound = "BackendNotFound";
    public const string ConfigurationChanged = "ConfigurationChanged";
    public const string Conflicted = "Conflicted";
    public const string ExtensionNotFound = "ExtensionNotFound";
    public const string HostnameConflict = "HostnameConflict";
    public const string IncompatibleFilters = "IncompatibleFilters";
    public const string Invalid = "Invalid";
    public const string InvalidCACertificateKind = "InvalidCACertificateKind";
    public const string InvalidCACertificateRef = "InvalidCACertificateRef";
    public const string InvalidCertificateRef = "InvalidCertificateRef";
    public const string InvalidClientCertificateRef = "InvalidClientCertificateRef";
    public const string InvalidExtension = "InvalidExtension";
    public const string InvalidKind = "InvalidKind";
    public const string InvalidParameters = "InvalidParameters";
    public const string InvalidRouteKinds = "InvalidRouteKinds";
    public const string ListenersNotResolved = "ListenersNotResolved";
    public const string ListenersNotValid = "ListenersNotValid";
    public const string NoMatchingListenerHostname = "NoMatchingListenerHostname";
    public const string NoMatchingParent = "NoMatchingParent";
    public const string NoValidCACertificate = "NoValidCACertificate";
    public const string NotAllowed = "NotAllowed";
    public const string NotAllowedByListeners = "NotAllowedByListeners";
    public const string OverlappingCertificates = "OverlappingCertificates";
    public const string OverlappingHostnames = "OverlappingHostnames";
    public const string ParentNotAccepted = "ParentNotAccepted";
    public const string ParentNotProgrammed = "ParentNotProgrammed";
    public const string Pending = "Pending";
    public const string PortUnavailable = "PortUnavailable";
    public const string Programmed = "Programmed";
    public const string ProtocolConflict = "ProtocolConflict";
    public const string RefNotPermitted = "RefNotPermitted";
    public const string ResolvedRefs = "ResolvedRefs";
    public const string SupportedVersion = "SupportedVersion";
    public const string TargetNotFound = "TargetNotFound";
    public const string TooManyListeners = "TooManyListeners";
    public const string UnsupportedAddress = "UnsupportedAddress";
    public const string UnsupportedProtocol = "UnsupportedProtocol";
    public const string UnsupportedValue = "UnsupportedValue";
    public const string UnsupportedVersion = "UnsupportedVersion";
}
