using System.Net;
using NodeAgent.Conformance.Traffic;

namespace NodeAgent.Conformance.Tests.Traffic;

internal enum LiveProtocol
{
    Http,
    Http2,
    Grpc,
    WebSocket,
    Tcp,
    Udp,
    Dns,
}

/// <summary>One sending of a request: its words taken apart, what is new for each sending filled in.</summary>
/// <param name="Host">With the port when the request names one; the name asked for, of dns; empty where there is none.</param>
/// <param name="Path">With its query.</param>
internal sealed record Sending(LiveRequest Request, LiveProtocol Protocol, string Method, string Host, string Path)
{
    /// <summary>What the suite's mirror tests look for in the logs.</summary>
    private const string IdName = "gateway-api-conformance-request-id";

    /// <param name="mirrorId">Added to the query where not null.</param>
    public static Sending Of(LiveRequest request, string? mirrorId = null)
    {
        string[] words = request.Send.Split(' ');
        LiveProtocol protocol = words[0] switch
        {
            "h2" => LiveProtocol.Http2,
            "grpc" => LiveProtocol.Grpc,
            "websocket" => LiveProtocol.WebSocket,
            "tcp" => LiveProtocol.Tcp,
            "udp" => LiveProtocol.Udp,
            "dns" => LiveProtocol.Dns,
            _ => LiveProtocol.Http,
        };
        if (protocol is LiveProtocol.Tcp or LiveProtocol.Udp)
        {
            return new Sending(request, protocol, "", "", "");
        }

        if (protocol == LiveProtocol.Dns)
        {
            return new Sending(request, protocol, "", words[1], "");
        }

        string[] rest = protocol == LiveProtocol.Http ? words : words[1..];
        string method = rest.Length == 2 ? rest[0] : protocol == LiveProtocol.Grpc ? "POST" : "GET";
        int slash = rest[^1].IndexOf('/', StringComparison.Ordinal);
        string path = rest[^1][slash..].Replace("{uuid}", Guid.NewGuid().ToString(), StringComparison.Ordinal);
        if (mirrorId is not null)
        {
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{IdName}={mirrorId}";
        }

        return new Sending(request, protocol, method, rest[^1][..slash], path);
    }

    /// <summary>What a pod logs of this request.</summary>
    public string LogMark => $"Echoing back request made to {Path} ";

    public string HostName => Host.Split(':')[0];

    public Task<Reply> ExchangeAsync(LiveListener listener, ILiveWorld world, CancellationToken cancel)
    {
        TlsClient? tls = Protocol is LiveProtocol.Udp or LiveProtocol.Dns || (Request.Tls is null && listener.Protocol is not ("HTTPS" or "TLS"))
            ? null
            : new TlsClient(Request.Tls ?? new TlsUse(), Request.Tls?.ServerName ?? HostName, world);
        return Protocol switch
        {
            LiveProtocol.Http or LiveProtocol.Http2 or LiveProtocol.Grpc => HttpExchange.RunAsync(this, listener.Address, tls, cancel),
            LiveProtocol.WebSocket => WebSocketExchange.RunAsync(this, listener.Address, tls, cancel),
            LiveProtocol.Tcp => TcpExchange.RunAsync(listener.Address, tls, cancel),
            _ => DatagramExchange.RunAsync(this, listener.Address, cancel),
        };
    }
}
