using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Refuses what Kestrel lets through but a backend could read in another way than we do. Refuses, never repairs.
/// A request without fault is judged without allocation, unless its path has to be normalised.
/// </summary>
internal static class RequestGuard
{
    /// <summary>The name under which Kestrel keeps a Content-Length that came with a Transfer-Encoding.</summary>
    private const string RenamedContentLength = "X-Content-Length";

    private const int DefaultHttpPort = 80;
    private const int DefaultHttpsPort = 443;

    /// <param name="allowConnect">Whether the caller serves this CONNECT (RFC 8441); its target is then a path.</param>
    /// <param name="target">Set when there is no fault.</param>
    public static RequestFault Check(IHttpRequestFeature request, bool allowConnect, out RequestTarget target)
    {
        target = default;
        RequestFault fault = CheckMethod(request.Method, allowConnect);
        if (fault == RequestFault.None)
        {
            fault = CheckTransferEncoding(request.Protocol, request.Headers);
        }

        if (fault == RequestFault.None)
        {
            fault = CheckFields(request.Headers);
        }

        if (fault == RequestFault.None && !RequestTarget.TryParse(request.Method, request.RawTarget, out target))
        {
            fault = RequestFault.BadPath;
        }

        return fault == RequestFault.None ? CheckHost(request.Protocol, request.Headers.Host, target) : fault;
    }

    private static RequestFault CheckMethod(string method, bool allowConnect) => method switch
    {
        "GET" or "POST" or "PUT" or "HEAD" or "DELETE" or "PATCH" or "OPTIONS" => RequestFault.None,
        "TRACE" => RequestFault.MethodRefused,
        "CONNECT" => allowConnect ? RequestFault.None : RequestFault.MethodRefused,
        _ => HeaderText.IsToken(method) ? RequestFault.None : RequestFault.BadMethod,
    };

    private static RequestFault CheckTransferEncoding(string protocol, IHeaderDictionary headers)
    {
        StringValues codings = headers.TransferEncoding;
        if (codings.Count == 0)
        {
            return RequestFault.None;
        }

        if (!HttpProtocol.IsHttp11(protocol))
        {
            return RequestFault.TeWrongVersion;
        }

        if (codings.Count > 1 || !string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return RequestFault.TeNotChunked;
        }

        return headers.ContentLength is not null || headers.ContainsKey(RenamedContentLength)
            ? RequestFault.TeWithContentLength
            : RequestFault.None;
    }

    private static RequestFault CheckFields(IHeaderDictionary headers)
    {
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            if (!HeaderText.IsToken(header.Key))
            {
                return RequestFault.BadHeaderName;
            }

            for (int i = 0; i < header.Value.Count; i++)
            {
                if (!HeaderText.IsValue(header.Value[i]))
                {
                    return RequestFault.ControlInValue;
                }
            }
        }

        return RequestFault.None;
    }

    private static RequestFault CheckHost(string protocol, StringValues hosts, in RequestTarget target)
    {
        if (hosts.Count > 1)
        {
            return RequestFault.DuplicateHost;
        }

        ReadOnlySpan<char> host = hosts.Count == 0 ? [] : hosts[0];
        if (host.IsEmpty)
        {
            // HTTP/1.0 clients may know nothing of hosts.
            return HttpProtocol.IsHttp10(protocol) && target.Authority.IsEmpty ? RequestFault.None : RequestFault.BadHost;
        }

        if (!HostHeader.TrySplit(host, out ReadOnlySpan<char> name, out int port))
        {
            return RequestFault.BadHost;
        }

        return target.Authority.IsEmpty || IsSameAuthority(target, name, port) ? RequestFault.None : RequestFault.HostMismatch;
    }

    private static bool IsSameAuthority(in RequestTarget target, ReadOnlySpan<char> host, int port)
    {
        int defaultPort = target.IsHttps ? DefaultHttpsPort : DefaultHttpPort;
        return HostHeader.TrySplit(target.Authority, out ReadOnlySpan<char> name, out int authorityPort)
            && name.Equals(host, StringComparison.OrdinalIgnoreCase)
            && (authorityPort < 0 ? defaultPort : authorityPort) == (port < 0 ? defaultPort : port);
    }
}
