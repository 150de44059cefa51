using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace NodeAgent.Echo;

/// <summary>The HTTP/1.1, h2c and HTTPS sockets on one Kestrel.</summary>
internal sealed class HttpEcho : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly EchoResponder responder;
    private readonly List<ListenOptions> http;
    private readonly List<ListenOptions> h2c;
    private readonly List<ListenOptions> https;

    private HttpEcho(
        WebApplication application, EchoResponder responder, List<ListenOptions> http, List<ListenOptions> h2c, List<ListenOptions> https)
    {
        this.application = application;
        this.responder = responder;
        this.http = http;
        this.h2c = h2c;
        this.https = https;
    }

    public ImmutableArray<IPEndPoint> Http => [.. http.Select(o => o.IPEndPoint!)];

    public ImmutableArray<IPEndPoint> H2c => [.. h2c.Select(o => o.IPEndPoint!)];

    public ImmutableArray<IPEndPoint> Https => [.. https.Select(o => o.IPEndPoint!)];

    public long Requests => responder.Requests;

    public static async Task<HttpEcho> StartAsync(EchoOptions options)
    {
        // The empty builder watches no settings files: many servers in one test process would use up the inotify instances.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, CallersLifetime>());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        List<ListenOptions> http = [];
        List<ListenOptions> h2c = [];
        List<ListenOptions> https = [];
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
            foreach (IPEndPoint endpoint in options.Http)
            {
                kestrel.Listen(endpoint, o => Keep(o, HttpProtocols.Http1, http));
            }

            foreach (IPEndPoint endpoint in options.H2c)
            {
                kestrel.Listen(endpoint, o => Keep(o, HttpProtocols.Http2, h2c));
            }

            foreach (IPEndPoint endpoint in options.Https)
            {
                kestrel.Listen(endpoint, o =>
                {
                    Keep(o, HttpProtocols.Http1AndHttp2, https);
                    o.UseHttps(EchoCertificates.Of(options));
                });
            }
        });

        WebApplication application = builder.Build();
        EchoResponder responder = new(options.Identity, options.Log);
        application.UseWebSockets();
        application.Run(responder.RespondAsync);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new HttpEcho(application, responder, http, h2c, https);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    /// <summary>Kestrel writes the bound port back into the options it was given.</summary>
    private static void Keep(ListenOptions options, HttpProtocols protocols, List<ListenOptions> kept)
    {
        options.Protocols = protocols;
        kept.Add(options);
    }

    /// <summary>Leaves signals to the caller: in a test process they are none of our business.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
