using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Forwards a request to a backend of its rule: (1) a backendRef by weight, whose extensions let it pass; (2) the filters; (3) a connection to one of its endpoints;
/// (4) head and body out, the answer's head in; (5) the answer's body, or the upgraded stream; (6) the connection back to its pool, if
/// every byte of it is accounted for.
/// </summary>
internal sealed class Forwarder(DataPlaneOptions options) : IDisposable
{
    private readonly UpstreamDialer _dialer = new(options);
    private readonly Http2Forwarder _http2 = new(options);

    public void Dispose() => _http2.Dispose();

    public ValueTask ForwardAsync(ProxyContext context)
    {
        // (1)
        WeightedShares.Share? share = context.Rule!.Shares.Pick(context.Worker);
        if (share?.Pool is not { } pool)
        {
            int empty = context.Rule.Rule.EmptyStatus ?? StatusCodes.Status500InternalServerError;
            context.Fail(
                share is null ? empty : StatusCodes.Status500InternalServerError,
                share is null ? "no_backend_refs" : "invalid_backend_ref",
                FaultSide.Node);
            return ValueTask.CompletedTask;
        }

        HttpExtension[] extensions = context.Rule.ShareExtensions[share.Index];
        return extensions.Length == 0 ? SendAsync(context, share.Index, pool) : AdmitAndSendAsync(context, extensions, share.Index, pool);
    }

    private async ValueTask AdmitAndSendAsync(ProxyContext context, HttpExtension[] extensions, int share, BackendPool pool)
    {
        if (await extensions.AdmitAsync(context))
        {
            await SendAsync(context, share, pool);
        }
    }

    private ValueTask SendAsync(ProxyContext context, int share, BackendPool pool)
    {
        HeaderFilters ofBackend = context.Rule!.ShareHeaders[share];
        if (pool.Files is { } files)
        {
            // (2)
            RequestFilters.Apply(context, context.Rule.Headers, ofBackend);
            return files.AnswerAsync(context, ofBackend);
        }

        BackendState backend = pool.Current;
        if (backend.Endpoints.Length == 0)
        {
            context.Fail(StatusCodes.Status503ServiceUnavailable, "no_ready_endpoints", FaultSide.Backend);
            return ValueTask.CompletedTask;
        }

        // (2)
        RequestFilters.Apply(context, context.Rule.Headers, ofBackend);
        RequestShape shape = Shape(context);
        return backend.Protocol == BackendProtocol.Http2
            ? _http2.ForwardAsync(context, pool, backend, shape, ofBackend)
            : ExchangeAsync(context, pool, backend, shape, ofBackend);
    }

    private async ValueTask ExchangeAsync(
        ProxyContext context, BackendPool pool, BackendState backend, RequestShape shape, HeaderFilters ofBackend)
    {
        Exchange exchange = context.Exchange;
        bool fresh = false;
        while (true)
        {
            // (3)
            Dialed dialed = await _dialer.DialAsync(context, pool, backend, fresh);
            if (dialed.Connection is not { } upstream)
            {
                context.Fail(dialed.Fault);
                return;
            }

            // (4)
            bool reused = upstream.Uses++ > 0;
            UpstreamFault fault = await exchange.StartAsync(upstream, shape, options);
            if (fault == UpstreamFault.None)
            {
                break;
            }

            if (fault == UpstreamFault.ClosedEarly && reused && exchange.HeardNothing && !shape.HasBody && IsIdempotent(context.Method))
            {
                // It was closed while it was idle, and we noticed too late. The request was not answered, may be sent again, and is
                // sent once more on a connection that was never idle.
                fresh = true;
                continue;
            }

            context.Fail(fault);
            if (exchange.LeftBody)
            {
                context.CloseAfterwards();
            }

            return;
        }

        // (5), (6)
        await exchange.FinishAsync(ofBackend, options);
    }

    /// <summary>Doing it twice is doing it once (RFC 9110, section 9.2.2).</summary>
    public static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE";

    private static RequestShape Shape(ProxyContext context)
    {
        if (context.IsWebSocketConnect)
        {
            context.Request.Headers.SecWebSocketKey = WebSocketHandshake.NewKey();
            return new RequestShape(0, "websocket");
        }

        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return new RequestShape(0, "websocket");
        }

        bool canHaveBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;
        return new RequestShape(canHaveBody ? context.Request.Headers.ContentLength ?? -1 : 0, null);
    }
}
