using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Echo;

/// <summary>What one echo process serves. Port 0 asks the kernel for a free port.</summary>
public sealed record EchoOptions
{
    public ImmutableArray<IPEndPoint> Http { get; init; } = [];

    /// <summary>HTTP/2 with prior knowledge only, gRPC among it; any other request gets 400.</summary>
    public ImmutableArray<IPEndPoint> H2c { get; init; } = [];

    /// <summary>HTTP/1.1 and HTTP/2 in TLS, gRPC among it. Needs <see cref="Certificate"/>.</summary>
    public ImmutableArray<IPEndPoint> Https { get; init; } = [];

    public ImmutableArray<IPEndPoint> Tcp { get; init; } = [];

    /// <summary>As <see cref="Tcp"/>, in TLS. Needs <see cref="Certificate"/>.</summary>
    public ImmutableArray<IPEndPoint> TcpTls { get; init; } = [];

    public ImmutableArray<IPEndPoint> Udp { get; init; } = [];

    /// <summary>UDP sockets that answer DNS queries with the address of who asks.</summary>
    public ImmutableArray<IPEndPoint> Dns { get; init; } = [];

    /// <summary>With its private key; the server's on all sockets with TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>When given, clients are asked for a certificate on <see cref="Https"/>; one that these did not sign is refused, none is taken.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

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
