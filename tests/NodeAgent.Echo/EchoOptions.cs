using System.Collections.Immutable;
using System.Net;

namespace NodeAgent.Echo;

/// <summary>What one echo process serves. Port 0 asks the kernel for a free port.</summary>
public sealed record EchoOptions
{
    public ImmutableArray<IPEndPoint> Http { get; init; } = [];

    /// <summary>HTTP/2 with prior knowledge only; any other request gets 400.</summary>
    public ImmutableArray<IPEndPoint> H2c { get; init; } = [];

    /// <summary>HTTP/1.1 and HTTP/2 in TLS; needs <see cref="Tls"/>.</summary>
    public ImmutableArray<IPEndPoint> Https { get; init; } = [];

    /// <summary>gRPC with prior knowledge.</summary>
    public ImmutableArray<IPEndPoint> Grpc { get; init; } = [];

    /// <summary>Needs <see cref="Tls"/>.</summary>
    public ImmutableArray<IPEndPoint> GrpcTls { get; init; } = [];

    public ImmutableArray<IPEndPoint> Tcp { get; init; } = [];

    /// <summary>Needs <see cref="Tls"/>.</summary>
    public ImmutableArray<IPEndPoint> TcpTls { get; init; } = [];

    public ImmutableArray<IPEndPoint> Udp { get; init; } = [];

    /// <summary>A name server that knows every name: it answers with the address of who asks.</summary>
    public ImmutableArray<IPEndPoint> Dns { get; init; } = [];

    public ServerTls? Tls { get; init; }

    public EchoIdentity Identity { get; init; } = new();

    /// <summary>Takes the log lines, from several threads at once; null drops them.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>One HTTP socket on a free loopback port: what most tests want.</summary>
    public static EchoOptions LoopbackHttp(string pod) => new()
    {
        Http = [new IPEndPoint(IPAddress.Loopback, 0)],
        Identity = new EchoIdentity(Pod: pod),
    };

    /// <summary>One TCP socket on a free loopback port.</summary>
    public static EchoOptions LoopbackTcp(string pod) => new()
    {
        Tcp = [new IPEndPoint(IPAddress.Loopback, 0)],
        Identity = new EchoIdentity(Pod: pod),
    };
}
