using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>What appProtocol of a Service port means to us.</summary>
/// <param name="NeedsTls">It says so itself; then somebody must also say how to verify the backend.</param>
/// <param name="TakesGrpc">Whether gRPC could be meant.</param>
internal readonly record struct AppProtocol(BackendProtocol Protocol, bool NeedsTls, bool TakesGrpc)
{
    private static readonly AppProtocol Bytes = new(BackendProtocol.Tcp, NeedsTls: false, TakesGrpc: false);

    /// <summary>
    /// Names without a prefix are IANA service names, whose case does not matter (RFC 6335, 5.1); those with the prefix
    /// kubernetes.io are Kubernetes' own (KEP-3726).
    /// </summary>
    public static AppProtocol Of(ServicePort port) => port.Protocol == "UDP"
        ? new AppProtocol(BackendProtocol.Udp, NeedsTls: false, TakesGrpc: false)
        : (port.AppProtocol ?? "").ToLowerInvariant() switch
        {
            "" or "http" => new AppProtocol(BackendProtocol.Http1, NeedsTls: false, TakesGrpc: true),
            "https" => new AppProtocol(BackendProtocol.Http1, NeedsTls: true, TakesGrpc: true),
            "http2" or "grpc" or "kubernetes.io/h2c" => new AppProtocol(BackendProtocol.Http2, NeedsTls: false, TakesGrpc: true),
            "kubernetes.io/ws" => new AppProtocol(BackendProtocol.Http1, NeedsTls: false, TakesGrpc: false),
            "kubernetes.io/wss" => new AppProtocol(BackendProtocol.Http1, NeedsTls: true, TakesGrpc: false),
            _ => Bytes,
        };

    /// <summary>Whoever passes bytes on does not care what they are.</summary>
    public bool Suits(RouteTraffic traffic) => traffic switch
    {
        RouteTraffic.Http => Protocol is BackendProtocol.Http1 or BackendProtocol.Http2,
        RouteTraffic.Grpc => TakesGrpc,
        _ => true,
    };
}
