using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>HTTP/1.1, HTTP/2 and gRPC: a new connection for each request, no redirects followed, no cookies.</summary>
internal static class HttpExchange
{
    public static async Task<Reply> RunAsync(Sending sending, IPEndPoint address, TlsClient? tls, CancellationToken cancel)
    {
        bool http2 = sending.Protocol != LiveProtocol.Http;
        using HttpRequestMessage request = Message(sending, tls);
        using SocketsHttpHandler handler = Handler(address, request, sending.Host, tls, http2);
        using HttpMessageInvoker client = new(handler);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, cancel);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancel);
            Reply reply = sending.Protocol == LiveProtocol.Grpc ? OfGrpc(response, body) : OfHttp(response, body);
            return reply with { Asked = tls?.Asked == true };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException)
        {
            return TransportFault.Of(e);
        }
    }

    public static SocketsHttpHandler Handler(IPEndPoint address, HttpRequestMessage? request, string host, TlsClient? tls, bool http2)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (context, cancel) =>
            {
                // The handler takes the SNI from the Host header if there is one when it looks for a connection. Set only
                // now, the two may differ, as misdirected requests need it.
                if (request is not null)
                {
                    request.Headers.Host = host;
                }

                Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(address, cancel);
                    // A peer that is gone already makes this throw. The handler asks the same next, and its exception would not be one of HTTP.
                    _ = socket.RemoteEndPoint;
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        if (tls is not null)
        {
            handler.SslOptions = tls.Options(http2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11);
        }

        return handler;
    }

    private static HttpRequestMessage Message(Sending sending, TlsClient? tls)
    {
        bool http2 = sending.Protocol != LiveProtocol.Http;
        HttpRequestMessage request = new(new HttpMethod(sending.Method), Address(tls is null ? "http" : "https", tls?.ServerName ?? sending.HostName, sending.Path))
        {
            Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (!http2)
        {
            request.Headers.ConnectionClose = true;
        }

        foreach ((string name, string value) in sending.Request.Headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (sending.Protocol == LiveProtocol.Grpc)
        {
            request.Headers.TryAddWithoutValidation("te", "trailers");
            request.Content = new ByteArrayContent(GrpcEchoAnswer.EncodeRequest());
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        return request;
    }

    /// <summary>The path goes out as it is written: not a dot or an escape is touched.</summary>
    public static Uri Address(string scheme, string host, string path) =>
        new($"{scheme}://{host}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static Reply OfHttp(HttpResponseMessage response, byte[] body) => new()
    {
        Status = (int)response.StatusCode,
        Headers = Joined(response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).Select(h => (h.Key, h.Value.ToArray()))),
        Backend = Echoed(body) is EchoAnswer echo
            ? new BackendView(
                new EchoIdentity(echo.Namespace, echo.Ingress, echo.Service, echo.Pod),
                echo.Method,
                echo.Host,
                echo.Path,
                echo.Proto,
                Joined(echo.Headers.Select(h => (h.Key, h.Value))),
                echo.Tls is not null,
                echo.Tls)
            : null,
    };

    private static EchoAnswer? Echoed(byte[] body)
    {
        try
        {
            return body is [(byte)'{', ..] && EchoAnswer.Parse(Encoding.UTF8.GetString(body)) is { Pod.Length: > 0 } echo ? echo : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Reply OfGrpc(HttpResponseMessage response, byte[] body)
    {
        GrpcCode code = Codes(response.TrailingHeaders).Concat(Codes(response.Headers)).FirstOrDefault(OfStatus((int)response.StatusCode));
        GrpcEchoAnswer? echo = code == GrpcCode.OK ? GrpcEchoAnswer.Decode(body) : null;
        return new Reply
        {
            Status = (int)response.StatusCode,
            Code = code,
            Headers = Joined(response.Headers.NonValidated.Select(h => (h.Key, h.Value.ToArray()))),
            Backend = echo is null
                ? null
                : new BackendView(
                    echo.Identity,
                    "POST",
                    echo.Authority,
                    echo.Method,
                    "HTTP/2.0",
                    Joined(echo.Headers.GroupBy(h => h.Name).Select(g => (g.Key, g.Select(h => h.Value).ToArray()))),
                    echo.Tls is not null,
                    echo.Tls),
        };
    }

    private static IEnumerable<GrpcCode> Codes(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out IEnumerable<string>? values)
            ? values.Select(v => (GrpcCode)int.Parse(v, CultureInfo.InvariantCulture))
            : [];

    /// <summary>As gRPC clients read an HTTP status without a gRPC one.</summary>
    private static GrpcCode OfStatus(int status) => status switch
    {
        400 => GrpcCode.INTERNAL,
        401 => GrpcCode.UNAUTHENTICATED,
        403 => GrpcCode.PERMISSION_DENIED,
        404 => GrpcCode.UNIMPLEMENTED,
        429 or 502 or 503 or 504 => GrpcCode.UNAVAILABLE,
        _ => GrpcCode.UNKNOWN,
    };

    private static ImmutableDictionary<string, string> Joined(IEnumerable<(string Name, string[] Values)> headers) => Reply.NoHeaders.SetItems(
        headers.GroupBy(h => h.Name, StringComparer.OrdinalIgnoreCase)
            .Select(g => KeyValuePair.Create(g.Key, string.Join(',', g.SelectMany(h => h.Values)))));
}
