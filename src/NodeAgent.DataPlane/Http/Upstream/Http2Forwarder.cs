using System.Net;
using System.Text;
using NodeAgent.DataPlane.Balancing;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// Forwards to backends that speak HTTP/2 by prior knowledge (appProtocol kubernetes.io/h2c), gRPC among them. All workers share its
/// connections. WebSockets are refused, and so is what SocketsHttpHandler cannot say ("OPTIONS *"); trailers of requests are dropped.
/// </summary>
internal sealed class Http2Forwarder : IDisposable
{
    /// <summary>
    /// Bytes that one answer may have waiting here for its client: at 1 ms to the backend enough for 4 Gbit/s on one stream.
    /// Left to itself the handler goes up to 16 MiB a stream, and pings backends to find out.
    /// </summary>
    private const int StreamWindow = 512 * 1024;

    /// <summary>KiB; the same as for HTTP/1.1 backends.</summary>
    private const int MaxHeadLength = 32;

    private readonly DataPlaneOptions _options;
    private readonly HttpMessageInvoker _invoker;

    static Http2Forwarder() =>
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    public Http2Forwarder(DataPlaneOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = new Http2Connector(options.ConnectTimeout).ConnectAsync,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = StreamWindow,
            MaxResponseHeadersLength = MaxHeadLength,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            UseCookies = false,
            UseProxy = false,
        };
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public async ValueTask ForwardAsync(
        ProxyContext context, BackendPool pool, BackendState backend, RequestShape shape, HeaderFilters ofBackend)
    {
        if (shape.Upgrade is not null)
        {
            context.Fail(UpstreamFault.NoWebSocket);
            return;
        }

        int first = pool.First(
            context.Worker, backend.Endpoints, backend.Settings, RequestKey.Of(context, backend.Settings.LoadBalancing));
        UpstreamFault fault = await new Http2Exchange(context, _invoker, _options).RunAsync(backend, first, shape, ofBackend);
        if (fault != UpstreamFault.None)
        {
            context.Fail(fault);
        }
    }

    public void Dispose() => _invoker.Dispose();
}
