using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace NodeAgent.Agent;

/// <summary>
/// Serves a fixed set of pages over HTTP. A bare Kestrel without host, middleware or DI: all of those cost start-up
/// time, and the gateway has to answer its first request within half a second.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly KestrelServer _server;

    private AdminServer(KestrelServer server, Uri url)
    {
        _server = server;
        Url = url;
    }

    /// <summary>Where it listens; tells the port when port 0 was asked for.</summary>
    public Uri Url { get; }

    /// <param name="pages">Path to what a GET of it answers; called on pool threads, several at a time.</param>
    /// <exception cref="IOException">The address cannot be bound; the message says why.</exception>
    public static async Task<AdminServer> StartAsync(
        IPEndPoint endPoint, IReadOnlyDictionary<string, Func<AdminPage>> pages, ILoggerFactory log, CancellationToken cancel)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        ListenOptions? listen = null;
        options.Listen(endPoint, o => listen = o);
        options.Limits.MaxRequestBodySize = 0;
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), log);
        var server = new KestrelServer(Options.Create(options), transport, log);
        try
        {
            await server.StartAsync(new PageApplication(pages), cancel);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            server.Dispose();
            throw new IOException(e is AddressInUseException or { InnerException: AddressInUseException }
                ? "the address is in use by another process"
                : e.Message, e);
        }

        var bound = (IPEndPoint)listen!.EndPoint;
        return new AdminServer(server, new Uri($"http://{bound}"));
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody is owed a graceful end here; open keep-alive connections of scrapers would hold us up.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    private sealed class PageApplication(IReadOnlyDictionary<string, Func<AdminPage>> pages) : IHttpApplication<IFeatureCollection>
    {
        private readonly FrozenDictionary<string, Func<AdminPage>> _pages = pages.ToFrozenDictionary(StringComparer.Ordinal);

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
            IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
            bool head = request.Method == "HEAD";
            AdminPage page = !head && request.Method != "GET" ? AdminPage.Text(405, "only GET and HEAD\n")
                : _pages.TryGetValue(request.Path, out Func<AdminPage>? write) ? write()
                : AdminPage.Text(404, $"pages: {string.Join(' ', _pages.Keys.Order(StringComparer.Ordinal))}\n");
            response.StatusCode = page.Status;
            response.Headers.ContentType = page.ContentType;
            response.Headers.ContentLength = page.Body.Length;
            response.Headers.CacheControl = "no-store";
            if (!head)
            {
                await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(page.Body);
            }
        }
    }
}
