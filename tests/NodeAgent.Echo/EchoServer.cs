using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Echo;

/// <summary>
/// The backend of the conformance suite, re-created: answers on HTTP, gRPC, TCP and UDP, with and without TLS, with what it saw and who it is.
/// Ready to serve when <see cref="StartAsync"/> returns; disposing it closes every connection at once.
/// </summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> parts = [];
    private readonly List<TcpEcho> tcp = [];
    private readonly List<TcpEcho> tcpTls = [];
    private readonly List<UdpEcho> udp = [];
    private readonly List<UdpEcho> dns = [];
    private HttpEcho? http;
    private GrpcEcho? grpc;

    private EchoServer()
    {
    }

    /// <summary>In the order of the options, with the ports the kernel gave.</summary>
    public ImmutableArray<IPEndPoint> Http => http?.Http ?? [];

    public ImmutableArray<IPEndPoint> H2c => http?.H2c ?? [];

    public ImmutableArray<IPEndPoint> Https => http?.Https ?? [];

    public ImmutableArray<IPEndPoint> Grpc => grpc?.Clear ?? [];

    public ImmutableArray<IPEndPoint> GrpcTls => grpc?.Tls ?? [];

    public ImmutableArray<IPEndPoint> TcpTls => [.. tcpTls.Select(t => t.EndPoint)];

    public ImmutableArray<IPEndPoint> Dns => [.. dns.Select(d => d.EndPoint)];

    public ImmutableArray<IPEndPoint> Tcp => [.. tcp.Select(t => t.EndPoint)];

    public ImmutableArray<IPEndPoint> Udp => [.. udp.Select(u => u.EndPoint)];

    /// <summary>Every socket with the name of its flag: http, h2c, https, grpc, grpc-tls, tcp, tcp-tls, udp, dns.</summary>
    public IEnumerable<(string Protocol, IPEndPoint EndPoint)> Sockets =>
    [
        .. Http.Select(e => ("http", e)),
        .. H2c.Select(e => ("h2c", e)),
        .. Https.Select(e => ("https", e)),
        .. Grpc.Select(e => ("grpc", e)),
        .. GrpcTls.Select(e => ("grpc-tls", e)),
        .. Tcp.Select(e => ("tcp", e)),
        .. TcpTls.Select(e => ("tcp-tls", e)),
        .. Udp.Select(e => ("udp", e)),
        .. Dns.Select(e => ("dns", e)),
    ];

    /// <summary>HTTP requests answered or refused so far, on all sockets; WebSockets count once.</summary>
    public long HttpRequests => http?.Requests ?? 0;

    /// <summary>TCP connections accepted so far on the TCP sockets.</summary>
    public long TcpConnections => tcp.Concat(tcpTls).Sum(t => t.Accepted);

    /// <exception cref="IOException">An HTTP or h2c address is taken or not ours.</exception>
    /// <exception cref="SocketException">A TCP or UDP address is taken or not ours.</exception>
    public static async Task<EchoServer> StartAsync(EchoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = new EchoServer();
        try
        {
            await server.OpenAsync(options);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable part in parts)
        {
            await part.DisposeAsync();
        }
    }

    private async Task OpenAsync(EchoOptions options)
    {
        if (options.Tls is null && !(options.Https.IsEmpty && options.GrpcTls.IsEmpty && options.TcpTls.IsEmpty))
        {
            throw new ArgumentException("sockets of TLS need a certificate", nameof(options));
        }

        http = Kept(await HttpEcho.StartAsync(options));
        grpc = Kept(await GrpcEcho.StartAsync(options));
        tcp.AddRange(options.Tcp.Select(e => Kept(TcpEcho.Start(e, options.Identity))!));
        tcpTls.AddRange(options.TcpTls.Select(e => Kept(TcpEcho.Start(e, options.Identity, options.Tls))!));
        udp.AddRange(options.Udp.Select(e => Kept(UdpEcho.Start(e, options.Identity))!));
        dns.AddRange(options.Dns.Select(e => Kept(UdpEcho.StartDns(e))!));
    }

    private T? Kept<T>(T? part)
        where T : class, IAsyncDisposable
    {
        if (part is not null)
        {
            parts.Add(part);
        }

        return part;
    }
}
