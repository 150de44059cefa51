using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Answers 429 to what finds its token bucket empty.</summary>
internal sealed class RateLimit(RateLimitFilter filter) : HttpExtension
{
    private readonly TokenBuckets _buckets = new(
        filter.Seconds * Stopwatch.Frequency / Math.Max(filter.Requests, 1),
        Math.Max(filter.Burst, 1),
        filter.Key == RateLimitKey.None ? 1 : Math.Clamp(filter.MaxKeys, 1, 1_000_000));

    public override ValueTask<bool> AdmitAsync(ProxyContext context)
    {
        long wait = _buckets.Take(KeyOf(context), Stopwatch.GetTimestamp());
        if (wait == 0)
        {
            return Admitted;
        }

        ValueTask<bool> refused = Refuse(context, StatusCodes.Status429TooManyRequests, "rate_limited");
        long seconds = (wait + Stopwatch.Frequency - 1) / Stopwatch.Frequency;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return refused;
    }

    private ulong KeyOf(ProxyContext context)
    {
        if (filter.Key == RateLimitKey.ClientIp)
        {
            // Who has one IPv6 address has a /64 of them.
            ClientAddress client = context.Client;
            return KeyHash.Of((ulong)(client.IsIPv4 ? client.Bits : client.Bits >> 64));
        }

        return filter.Key == RateLimitKey.Header && context.Request.Headers.TryGetValue(filter.Header!, out StringValues values) && values.Count > 0
            ? KeyHash.Of(values[0])
            : 0;
    }
}
