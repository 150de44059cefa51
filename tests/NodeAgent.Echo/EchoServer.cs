using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Echo;

/// <summary>
/// The backend of the conformance suite, re-created: answers on HTTP, h2c, TCP and UDP with what it saw and who it is.
/// Ready to serve when <see cref="StartAsync"/> returns; disposing it closes every connection at once.
/// </summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly HttpEcho? http;
    private readonly ImmutableArray<TcpEcho> tcp;
    private readonly ImmutableArray<TcpEcho> tcpTls;
    private readonly ImmutableArray<UdpEcho> udp;
    private readonly ImmutableArray<UdpEcho> dns;

    private EchoServer(HttpEcho? http, ImmutableArray<TcpEcho> tcp, ImmutableArray<TcpEcho> tcpTls, ImmutableArray<UdpEcho> udp, ImmutableArray<UdpEcho> dns)
    {
        this.http = http;
        this.tcp = tcp;
        this.tcpTls = tcpTls;
        this.udp = udp;
        this.dns = dns;
    }

    /// <summary>In the order of the options, with the ports the kernel gave.</summary>
    public ImmutableArray<IPEndPoint> Http => http?.Http ?? [];

    public ImmutableArray<IPEndPoint> H2c => http?.H2c ?? [];

    public ImmutableArray<IPEndPoint> Https => http?.Https ?? [];

    public ImmutableArray<IPEndPoint> Tcp => [.. tcp.Select(t => t.EndPoint)];

    public ImmutableArray<IPEndPoint> TcpTls => [.. tcpTls.Select(t => t.EndPoint)];

    public ImmutableArray<IPEndPoint> Udp => [.. udp.Select(u => u.EndPoint)];

    public ImmutableArray<IPEndPoint> Dns => [.. dns.Select(u => u.EndPoint)];

    /// <summary>Every socket with the name of its flag: http, h2c, https, tcp, tcp-tls, udp, dns.</summary>
    public IEnumerable<(string Protocol, IPEndPoint EndPoint)> Sockets =>
    [
        .. Http.Select(e => ("http", e)),
        .. H2c.Select(e => ("h2c", e)),
        .. Https.Select(e => ("https", e)),
        .. Tcp.Select(e => ("tcp", e)),
        .. TcpTls.Select(e => ("tcp-tls", e)),
        .. Udp.Select(e => ("udp", e)),
        .. Dns.Select(e => ("dns", e)),
    ];

    /// <summary>HTTP requests answered or refused so far, on all sockets; WebSockets count once.</summary>
    public long HttpRequests => http?.Requests ?? 0;

    /// <summary>TCP connections accepted so far on the TCP sockets.</summary>
    public long TcpConnections => tcp.Sum(t => t.Accepted) + tcpTls.Sum(t => t.Accepted);

    /// <exception cref="IOException">An HTTP or h2c address is taken or not ours.</exception>
    /// <exception cref="SocketException">A TCP or UDP address is taken or not ours.</exception>
    public static async Task<EchoServer> StartAsync(EchoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<IAsyncDisposable> started = [];
        try
        {
            HttpEcho? http = null;
            if (!options.Http.IsEmpty || !options.H2c.IsEmpty || !options.Https.IsEmpty)
            {
                http = await HttpEcho.StartAsync(options);
                started.Add(http);
            }

            ImmutableArray<TcpEcho> StartTcp(ImmutableArray<IPEndPoint> endpoints, EchoOptions? tls) =>
                [.. endpoints.Select(endpoint => Keep(TcpEcho.Start(endpoint, options.Identity, tls)))];
            ImmutableArray<UdpEcho> StartUdp(ImmutableArray<IPEndPoint> endpoints, Func<EchoIdentity, UdpAnswer> answer) =>
                [.. endpoints.Select(endpoint => Keep(UdpEcho.Start(endpoint, answer(options.Identity))))];
            T Keep<T>(T part)
                where T : IAsyncDisposable
            {
                started.Add(part);
                return part;
            }

            return new EchoServer(
                http,
                StartTcp(options.Tcp, null),
                StartTcp(options.TcpTls, options),
                StartUdp(options.Udp, UdpEcho.Json),
                StartUdp(options.Dns, _ => DnsAnswer.To));
        }
        catch
        {
            foreach (IAsyncDisposable part in started)
            {
                await part.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (http is not null)
        {
            await http.DisposeAsync();
        }

        foreach (TcpEcho part in tcp.Concat(tcpTls))
        {
            await part.DisposeAsync();
        }

        foreach (UdpEcho part in udp.Concat(dns))
        {
            await part.DisposeAsync();
        }
    }
}
