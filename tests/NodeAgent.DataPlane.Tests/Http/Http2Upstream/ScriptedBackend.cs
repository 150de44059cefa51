using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>A backend whose every request runs a script of the test's.</summary>
internal sealed class ScriptedBackend : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ScriptedBackend(WebApplication application) => _application = application;

    public IPEndPoint EndPoint { get; private set; } = null!;

    public static async Task<ScriptedBackend> StartAsync(
        RequestDelegate script, HttpProtocols protocols = HttpProtocols.Http2, IPEndPoint? endPoint = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        ListenOptions? listening = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0), listen =>
        {
            listen.Protocols = protocols;
            listening = listen;
        }));
        WebApplication application = builder.Build();
        application.Run(script);
        await application.StartAsync();
        return new ScriptedBackend(application) { EndPoint = listening!.IPEndPoint! };
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }
}
