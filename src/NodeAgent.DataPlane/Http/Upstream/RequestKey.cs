using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>The part of a request that consistent hashing goes by.</summary>
internal static class RequestKey
{
    public static ulong Of(ProxyContext context, LoadBalancingConfig balancing) => balancing.HashOn switch
    {
        HashSource.Header when context.Request.Headers.TryGetValue(balancing.Name!, out StringValues values) => Of(values.ToString()),
        HashSource.Cookie => Of(Cookie(context.Request.Headers.Cookie, balancing.Name)),
        HashSource.SourceIp => HashKey.Of(context.Connection.Peer.AddressPart),
        _ => HashKey.None,
    };

    /// <summary>The value of a cookie in a Cookie header (RFC 6265, 4.2.1); the first of equal names. Empty when there is none.</summary>
    internal static ReadOnlySpan<char> Cookie(StringValues headers, ReadOnlySpan<char> name)
    {
        foreach (string? header in headers)
        {
            ReadOnlySpan<char> line = header;
            foreach (Range range in line.Split(';'))
            {
                ReadOnlySpan<char> pair = line[range].Trim();
                if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                {
                    return pair[(name.Length + 1)..];
                }
            }
        }

        return default;
    }

    private static ulong Of(ReadOnlySpan<char> text) => text.IsEmpty ? HashKey.None : HashKey.Of(text);
}
