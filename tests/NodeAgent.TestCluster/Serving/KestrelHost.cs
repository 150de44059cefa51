using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using NodeAgent.TestCluster.Access;

namespace NodeAgent.TestCluster.Serving;

/// <summary>The listening part: Kestrel, and nothing else of ASP.NET Core.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private readonly ConcurrentDictionary<string, ConnectionContext> connections = new();

    private readonly CancellationTokenSource stopping = new();

    private Socket? listener;

    private KestrelHost(IPEndPoint listen, ClusterCertificates? certificates, Func<HttpContext, CancellationToken, Task> handle)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket =
            endpoint => listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
        if (certificates is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(listen, endpoint =>
            {
                endpoint.Protocols = certificates is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                endpoint.Use(next => connection => TrackAsync(next, connection));
                if (certificates is not null)
                {
                    endpoint.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = certificates.Server,
                        ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                        ClientCertificateValidation = (_, _, _) => true,
                    });
                }
            });
        });
        app = builder.Build();
        app.Run(context => handle(context, stopping.Token));
    }

    public static async Task<KestrelHost> StartAsync(IPEndPoint listen, ClusterCertificates? certificates, Func<HttpContext, CancellationToken, Task> handle)
    {
        var host = new KestrelHost(listen, certificates, handle);
        await host.app.StartAsync().ConfigureAwait(false);
        return host;
    }

    public int Port => new Uri(app.Urls.First()).Port;

    /// <summary>Ends all at once: connections are cut, not closed.</summary>
    public async ValueTask DisposeAsync()
    {
        // The kernel closes a socket only when the last call on it has come back. This ends the listening now, so that the next can begin.
        listener?.Shutdown(SocketShutdown.Both);
        foreach (ConnectionContext connection in connections.Values)
        {
            connection.Abort(new ConnectionAbortedException("the server stops"));
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await app.StopAsync(atOnce.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task TrackAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        connections[connection.ConnectionId] = connection;
        try
        {
            if (stopping.IsCancellationRequested)
            {
                connection.Abort();
            }

            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connections.TryRemove(connection.ConnectionId, out _);
        }
    }
}
