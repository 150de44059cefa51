using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>A server that answers each request as the test says, byte by byte where need be.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = new("http://unset/");

    /// <summary>Path and query of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <param name="certificate">Null for plain HTTP.</param>
    /// <param name="chain">Shown with it.</param>
    public static async Task<ScriptedServer> StartAsync(
        Func<HttpContext, Task> answer, X509Certificate2? certificate = null, bool askForClientCertificate = false, int maxStreams = 100,
        X509Certificate2Collection? chain = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = maxStreams;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        https.ServerCertificateChain = chain;
                        https.ClientCertificateMode = askForClientCertificate ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate;
                        https.AllowAnyClientCertificate();
                    });
                }
            });
        });
        WebApplication app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(context =>
        {
            server.Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
            return answer(context);
        });
        await app.StartAsync();
        server.Url = new Uri(app.Urls.Single() + "/");
        return server;
    }

    public KubernetesClient Client(KubernetesClientSettings? settings = null, TimeProvider? time = null) =>
        new(
            new ClusterAccess(Url, new ServerTrust(null, insecure: false), new FixedCredential(Credential.None)),
            settings ?? new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(5) },
            time);

    public static Task SendAsync(HttpContext context, string body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    /// <summary>Bytes that leave at once.</summary>
    public static async Task SendPartAsync(HttpContext context, string part)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(part));
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Stays open until the client goes.</summary>
    public static async Task StayAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        var gone = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
