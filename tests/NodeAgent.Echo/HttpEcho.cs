using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NodeAgent.Echo;

/// <summary>The HTTP/1.1, h2c and HTTPS sockets on one Kestrel.</summary>
internal sealed class HttpEcho : IAsyncDisposable
{
    private readonly KestrelHost host;
    private readonly EchoResponder responder;
    private readonly EchoOptions options;

    private HttpEcho(KestrelHost host, EchoResponder responder, EchoOptions options)
    {
        this.host = host;
        this.responder = responder;
        this.options = options;
    }

    public ImmutableArray<IPEndPoint> Http => host.EndPoints[..options.Http.Length];

    public ImmutableArray<IPEndPoint> H2c => host.EndPoints[options.Http.Length..(options.Http.Length + options.H2c.Length)];

    public ImmutableArray<IPEndPoint> Https => host.EndPoints[(options.Http.Length + options.H2c.Length)..];

    public long Requests => responder.Requests;

    /// <summary>Null when the options have no such socket.</summary>
    public static async Task<HttpEcho?> StartAsync(EchoOptions options)
    {
        Door[] doors =
        [
            .. options.Http.Select(e => new Door(e, HttpProtocols.Http1)),
            .. options.H2c.Select(e => new Door(e, HttpProtocols.Http2)),
            .. options.Https.Select(e => new Door(e, HttpProtocols.Http1AndHttp2, options.Tls)),
        ];
        if (doors.Length == 0)
        {
            return null;
        }

        EchoResponder responder = new(options.Identity, options.Log);
        return new HttpEcho(await KestrelHost.StartAsync(doors, responder.RespondAsync), responder, options);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
