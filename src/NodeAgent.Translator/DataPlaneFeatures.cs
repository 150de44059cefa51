namespace NodeAgent.Translator;

/// <summary>
/// What the data plane behind a translation serves. What it does not gets an honest condition instead of silence, and
/// no place in supportedFeatures. HTTP and TCP listeners and their routes are always served.
/// </summary>
[Flags]
public enum DataPlaneFeatures : long
{
    None = 0,
    Https = 1 << 0,
    TlsPassthrough = 1 << 1,
    TlsTerminate = 1 << 2,
    Udp = 1 << 3,
    Grpc = 1 << 4,
    Mirror = 1 << 5,
    Cors = 1 << 6,
    ExternalAuth = 1 << 7,
    Timeouts = 1 << 8,
    Retry = 1 << 9,
    SessionPersistence = 1 << 10,
    BackendTls = 1 << 11,
    FrontendValidation = 1 << 12,
    MisdirectedRequests = 1 << 13,
    BackendRedirectAndRewrite = 1 << 14,
    ResolvedBackends = 1 << 15,
    BackendSettings = 1 << 16,
    HttpExtensions = 1 << 17,
    StaticFiles = 1 << 18,

    /// <summary>DNSRoutes on TCP listeners, and on UDP listeners also where no other UDP is served.</summary>
    Dns = 1 << 19,
    RetryBudget = 1 << 20,

    /// <summary>The objects that belong to a Gateway are made in the cluster.</summary>
    Infrastructure = 1 << 21,

    /// <summary>What GatewayParameters set beside the default certificate and the pools.</summary>
    Parameters = 1 << 22,

    /// <summary>Whatever this version can translate; what offline tests assume.</summary>
    All = ~None,
}
