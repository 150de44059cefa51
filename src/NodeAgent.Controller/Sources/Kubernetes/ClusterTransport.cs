using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>The connections to one server. A new client certificate means new connections; the old ones end with their last answer.</summary>
internal sealed class ClusterTransport(ClusterAccess access, KubernetesClientSettings settings) : IDisposable
{
    private readonly Lock _lock = new();
    private HttpMessageInvoker? _invoker;
    private Credential _of = Credential.None;

    public Task<HttpResponseMessage> SendAsync(KubernetesRequest request, Credential credential, CancellationToken cancel)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(access.Server, access.Server.AbsolutePath.TrimEnd('/') + request.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("User-Agent", $"nodeagent/{settings.Version}");
        if (credential.Authorization is string authorization)
        {
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        foreach ((string name, string value) in access.Impersonation)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (access.TlsServerName is string host)
        {
            // The handler takes the name for TLS from here.
            message.Headers.Host = host;
        }

        if (request.Body is byte[] body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        return InvokerFor(credential).SendAsync(message, cancel);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _invoker?.Dispose();
        }
    }

    private HttpMessageInvoker InvokerFor(Credential credential)
    {
        lock (_lock)
        {
            if (_invoker is null || !_of.HasSameCertificate(credential))
            {
                // The one before is left to itself: its watches end in their time, and then its connections do.
                _invoker = new HttpMessageInvoker(HandlerFor(credential));
                _of = credential;
            }

            return _invoker;
        }
    }

    private SocketsHttpHandler HandlerFor(Credential credential)
    {
        var handler = new SocketsHttpHandler
        {
            // Watches take streams for minutes; requests must find one at once.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = settings.PingDelay,
            KeepAlivePingTimeout = settings.PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectTimeout = settings.RequestTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, chain, errors) => access.Trust.IsTrusted(certificate, chain, errors);
        if (credential.Certificates is [X509Certificate2 own, ..])
        {
            // With the issuers, which the server may not know.
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(own, credential.Certificates, offline: true);
        }

        if (access.Proxy is Uri proxy)
        {
            handler.Proxy = new WebProxy(proxy)
            {
                Credentials = proxy.UserInfo.Split(':', 2) is [string user, string password]
                    ? new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
                    : null,
            };
        }

        return handler;
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)time.TotalSeconds);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // HTTP/1.1 has no ping: the kernel finds out whether the peer of a silent watch lives.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(settings.PingDelay));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(settings.PingTimeout / 2));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 2);
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            // A peer that is gone already makes this throw. The handler asks the same next, and would leave the connection open.
            _ = socket.RemoteEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
