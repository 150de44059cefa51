using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// A request as SocketsHttpHandler takes it, for one endpoint. The connector reads who it is for; it may do so when the request is
/// over already, so nothing here leads back to the context.
/// </summary>
internal sealed class Http2Request : HttpRequestMessage
{
    private Http2Request(HttpMethod method, Uri uri, EndpointTarget endpoint, PoolSettings settings, DescriptorBudget budget)
        : base(method, uri)
    {
        Endpoint = endpoint;
        Settings = settings;
        Budget = budget;
        Version = HttpVersion.Version20;
        VersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    public EndpointTarget Endpoint { get; }

    public PoolSettings Settings { get; }

    public DescriptorBudget Budget { get; }

    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>A connection was made for this request. It went by an older one otherwise, or by one that another request waited for.</summary>
    public bool MadeConnection { get; set; }

    /// <param name="body">Null when the request has none.</param>
    /// <exception cref="FormatException">See <see cref="UpstreamFault.Inexpressible"/>.</exception>
    public static Http2Request Of(ProxyContext context, EndpointTarget endpoint, PoolSettings settings, Http2RequestBody? body)
    {
        // The path was normalised by our rules; Uri would normalise it again by others.
        var uri = new Uri(
            $"http://{endpoint.Text}{context.OutgoingTarget}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var method = HttpMethod.Parse(context.Method);
        if (method.Method != context.Method)
        {
            throw new FormatException("methods are case-sensitive, but HttpClient would make this one another");
        }

        var request = new Http2Request(method, uri, endpoint, settings, context.Worker.Budget) { Content = body };
        if (context.OutgoingHost.Length > 0)
        {
            request.Headers.Host = context.OutgoingHost;
        }

        IHeaderDictionary headers = context.Request.Headers;
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            if (!RequestHead.IsOurs(header.Key) && !HopByHop.IsDropped(header.Key))
            {
                request.Add(header.Key, header.Value);
            }
        }

        // gRPC servers refuse clients that do not say so. An HTTP/1.1 client cannot be given trailers, whatever it says.
        if (!context.IsHttp1 && TakesTrailers(headers.TE))
        {
            request.Headers.TryAddWithoutValidation("TE", "trailers");
        }

        return request;
    }

    private static bool TakesTrailers(StringValues te)
    {
        foreach (string? value in te)
        {
            if (value is not null && value.Contains("trailers", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(string name, StringValues values)
    {
        if (!TryAdd(Headers, name, values))
        {
            // HttpClient keeps what describes a body with the body, and Content-Type may come without one.
            Content ??= new ByteArrayContent([]);
            TryAdd(Content.Headers, name, values);
        }
    }

    private static bool TryAdd(System.Net.Http.Headers.HttpHeaders headers, string name, StringValues values) =>
        values.Count == 1
            ? headers.TryAddWithoutValidation(name, values[0])
            : headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
}
