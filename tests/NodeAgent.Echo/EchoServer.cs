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
    private readonly ImmutableArray<UdpEcho> udp;

    private EchoServer(HttpEcho? http, ImmutableArray<TcpEcho> tcp, ImmutableArray<UdpEcho> udp)
    {
        this.http = http;
        this.tcp = tcp;
        this.udp = udp;
    }

    /// <summary>In the order of the options, with the ports the kernel gave.</summary>
    public ImmutableArray<IPEndPoint> Http => http?.Http ?? [];

    public ImmutableArray<IPEndPoint> H2c => http?.H2c ?? [];

    public ImmutableArray<IPEndPoint> Tcp => [.. tcp.Select(t => t.EndPoint)];

    public ImmutableArray<IPEndPoint> Udp => [.. udp.Select(u => u.EndPoint)];

    /// <summary>Every socket with the name of its flag: http, h2c, tcp, udp.</summary>
    public IEnumerable<(string Protocol, IPEndPoint EndPoint)> Sockets =>
    [
        .. Http.Select(e => ("http", e)),
        .. H2c.Select(e => ("h2c", e)),
        .. Tcp.Select(e => ("tcp", e)),
        .. Udp.Select(e => ("udp", e)),
    ];

    /// <summary>HTTP requests answered or refused so far, on all sockets; WebSockets count once.</summary>
    public long HttpRequests => http?.Requests ?? 0;

    /// <summary>TCP connections accepted so far on the TCP sockets.</summary>
    public long TcpConnections => tcp.Sum(t => t.Accepted);

    /// <exception cref="IOException">An HTTP or h2c address is taken or not ours.</exception>
    /// <exception cref="SocketException">A TCP or UDP address is taken or not ours.</exception>
    public static async Task<EchoServer> StartAsync(EchoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<IAsyncDisposable> started = [];
        try
        {
            HttpEcho? http = null;
            if (!options.Http.IsEmpty || !options.H2c.IsEmpty)
            {
                http = await HttpEcho.StartAsync(options);
                started.Add(http);
            }

            ImmutableArray<TcpEcho>.Builder tcp = ImmutableArray.CreateBuilder<TcpEcho>();
            foreach (IPEndPoint endpoint in options.Tcp)
            {
                tcp.Add(TcpEcho.Start(endpoint, options.Identity));
                started.Add(tcp[^1]);
            }

            ImmutableArray<UdpEcho>.Builder udp = ImmutableArray.CreateBuilder<UdpEcho>();
            foreach (IPEndPoint endpoint in options.Udp)
            {
                udp.Add(UdpEcho.Start(endpoint, options.Identity));
                started.Add(udp[^1]);
            }

            return new EchoServer(http, tcp.ToImmutable(), udp.ToImmutable());
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

        foreach (TcpEcho part in tcp)
        {
            await part.DisposeAsync();
        }

        foreach (UdpEcho part in udp)
        {
            await part.DisposeAsync();
        }
    }
}
