namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>How an exchange with a backend failed. Each has a name for the access log and a side that is to blame.</summary>
internal enum UpstreamFault
{
    None,

    /// <summary>No endpoint accepted the connection.</summary>
    ConnectFailed,

    /// <summary>No endpoint answered the connection attempt in time.</summary>
    ConnectTimeout,

    /// <summary>This process has no descriptors left for upstream connections.</summary>
    NoDescriptors,

    /// <summary>The backend closed or reset the connection before its answer was whole.</summary>
    ClosedEarly,

    /// <summary>The backend was silent for too long.</summary>
    Timeout,

    /// <summary>What came is no HTTP/1.x response head, or one with forbidden characters.</summary>
    BadHead,

    /// <summary>The head does not say unambiguously where the body ends: two Content-Lengths, odd Transfer-Encodings.</summary>
    BadFraming,

    /// <summary>The head is longer than 32 KiB.</summary>
    HeadTooLarge,

    /// <summary>The answer began well, but its body ended or broke before its length.</summary>
    BodyCut,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The client did not send its body in time.</summary>
    ClientTimeout,

    /// <summary>A WebSocket for a backend that speaks HTTP/2: only HTTP/1.1 backends are sent WebSockets.</summary>
    NoWebSocket,

    /// <summary>The backend took a WebSocket request for an ordinary one, or its Sec-WebSocket-Accept is wrong.</summary>
    BadWebSocket,

    /// <summary>A request that our HTTP/2 client cannot say: OPTIONS *, a Host that is no authority, a method like "get".</summary>
    Inexpressible,

    /// <summary>All endpoints have the connections they may have, and no request may wait, or this one has waited long enough.</summary>
    Overloaded,
}

internal static class UpstreamFaults
{
    private static readonly string[] Names =
    [
        "", "backend_connect_failed", "backend_connect_timeout", "node_no_descriptors", "backend_closed_early",
        "backend_timeout", "backend_bad_head", "backend_bad_framing", "backend_head_too_large", "backend_body_cut", "client_gone",
        "client_timeout", "backend_http2_no_websocket", "backend_bad_websocket", "node_http2_inexpressible",
        "backend_overloaded",
    ];

    public static string NameOf(UpstreamFault fault) => Names[(int)fault];

    /// <summary>The status to answer with when nothing was sent yet (499 is only logged: nobody reads it).</summary>
    public static int StatusOf(UpstreamFault fault) => fault switch
    {
        UpstreamFault.Inexpressible => 501,
        UpstreamFault.NoDescriptors or UpstreamFault.Overloaded => 503,
        UpstreamFault.Timeout or UpstreamFault.ConnectTimeout => 504,
        UpstreamFault.ClientGone => 499,
        UpstreamFault.ClientTimeout => 408,
        _ => 502,
    };

    public static FaultSide SideOf(UpstreamFault fault) => fault switch
    {
        UpstreamFault.None => FaultSide.None,
        UpstreamFault.NoDescriptors or UpstreamFault.Inexpressible => FaultSide.Node,
        UpstreamFault.ClientGone or UpstreamFault.ClientTimeout => FaultSide.Client,
        _ => FaultSide.Backend,
    };
}
