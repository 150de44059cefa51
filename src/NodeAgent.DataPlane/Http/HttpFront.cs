using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodeAgent.DataPlane.Http.Transport;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The one KestrelServer of the data plane, started once: it does HTTP/1.1 and HTTP/2, over connections that the workers bring.
/// </summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly ProxyApplication _application;

    static HttpFront() =>
        // Without this Kestrel takes a bare LF as a line end, and a proxy before or behind us may not.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    public HttpFront(DataPlaneOptions options, HttpLog log, Worker[] workers)
    {
        Options = options;
        Heartbeats = [.. workers.Select(w => new Heartbeat(w))];
        _application = new ProxyApplication(options, log);
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,
            ApplicationServices = new NoServices(),
            RequestHeaderEncodingSelector = RequestHeaderEncodings.Of,
            ResponseHeaderEncodingSelector = _ => Encoding.Latin1,
        };
        kestrel.Limits.KeepAliveTimeout = options.ClientTimeout;
        kestrel.Limits.RequestHeadersTimeout = options.ClientTimeout;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestBufferSize = null;
        kestrel.Limits.MaxResponseBufferSize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 200;
        kestrel.Listen(Http1, listen => Http1.Configure(listen, HttpProtocols.Http1));
        kestrel.Listen(Http2, listen => Http2.Configure(listen, HttpProtocols.Http2));
        _server = new KestrelServer(Microsoft.Extensions.Options.Options.Create(kestrel), new DoorListenerFactory(), NullLoggerFactory.Instance);
    }

    public DataPlaneOptions Options { get; }

    /// <summary>For HTTP/1.1 in clear text.</summary>
    public Door Http1 { get; } = new("h1");

    /// <summary>For HTTP/2 by prior knowledge.</summary>
    public Door Http2 { get; } = new("h2c");

    /// <summary>By worker id.</summary>
    public Heartbeat[] Heartbeats { get; }

    public async Task StartAsync(CancellationToken cancel)
    {
        await _server.StartAsync(_application, cancel);
        await Task.WhenAll(Http1.OpenAsync(), Http2.OpenAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _server.Dispose();
        _application.Dispose();
    }

    /// <summary>Kestrel asks for a logger factory and for options it can do without.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(ILoggerFactory) ? NullLoggerFactory.Instance : null;
    }
}
