using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http.Upstream;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Forwards a request to a backend of its rule: (1) a backendRef by weight; (2) the filters; (3) a connection to one of its endpoints;
/// (4) head and body out, the answer's head in; (5) the answer's body, or the upgraded stream; (6) the connection back to its pool, if
/// every byte of it is accounted for.
/// </summary>
internal sealed class Forwarder(DataPlaneOptions options)
{
    private readonly UpstreamDialer _dialer = new(options);

    public ValueTask ForwardAsync(ProxyContext context)
    {
        // (1)
        WeightedShares.Share? share = context.Rule!.Shares.Pick(context.Worker);
        if (share?.Pool is not { } pool)
        {
            context.Fail(StatusCodes.Status500InternalServerError, share is null ? "no_backend_refs" : "invalid_backend_ref", FaultSide.Node);
            return ValueTask.CompletedTask;
        }

        EndpointTarget[] endpoints = pool.Endpoints;
        if (endpoints.Length == 0)
        {
            context.Fail(StatusCodes.Status503ServiceUnavailable, "no_ready_endpoints", FaultSide.Backend);
            return ValueTask.CompletedTask;
        }

        // (2)
        HeaderFilters ofBackend = context.Rule.ShareHeaders[share.Index];
        RequestFilters.Apply(context, context.Rule.Headers, ofBackend);
        return ExchangeAsync(context, pool, endpoints, ofBackend);
    }

    private async ValueTask ExchangeAsync(ProxyContext context, BackendPool pool, EndpointTarget[] endpoints, HeaderFilters ofBackend)
    {
        Exchange exchange = context.Exchange;
        RequestShape shape = Shape(context);
        bool fresh = false;
        while (true)
        {
            // (3)
            Dialed dialed = await _dialer.DialAsync(context, pool, endpoints, fresh);
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

            if (fault == UpstreamFault.ClosedEarly && reused && exchange.HeardNothing && !shape.HasBody && IsIdempotent(context.Request.Method))
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

    private static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE";

    private static RequestShape Shape(ProxyContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return new RequestShape(0, "websocket");
        }

        bool canHaveBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;
        return new RequestShape(canHaveBody ? context.Request.Headers.ContentLength ?? -1 : 0, null);
    }
}
