using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace NodeAgent.Echo;

/// <summary>A socket of Kestrel.</summary>
/// <param name="Tls">Null for cleartext.</param>
internal sealed record Door(IPEndPoint EndPoint, HttpProtocols Protocols, ServerTls? Tls = null);

/// <summary>One Kestrel that answers everything through one delegate, and watches neither files nor signals.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly List<ListenOptions> bound;

    private KestrelHost(WebApplication application, List<ListenOptions> bound)
    {
        this.application = application;
        this.bound = bound;
    }

    /// <summary>In the order of the doors, with the ports that the kernel gave.</summary>
    public ImmutableArray<IPEndPoint> EndPoints => [.. bound.Select(o => o.IPEndPoint!)];

    /// <exception cref="IOException">An address is taken or not ours.</exception>
    public static async Task<KestrelHost> StartAsync(IEnumerable<Door> doors, RequestDelegate respond)
    {
        // The empty builder watches no settings files: many servers in one test process would use up the inotify instances.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, CallersLifetime>());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        List<ListenOptions> bound = [];
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
            foreach (Door door in doors)
            {
                kestrel.Listen(door.EndPoint, options =>
                {
                    options.Protocols = door.Protocols;
                    if (door.Tls is not null)
                    {
                        options.UseHttps(Https(door.Tls));
                    }

                    // Kestrel writes the bound port back into the options it was given.
                    bound.Add(options);
                });
            }
        });

        WebApplication application = builder.Build();
        application.UseWebSockets();
        application.Run(respond);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new KestrelHost(application, bound);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private static HttpsConnectionAdapterOptions Https(ServerTls tls) => new()
    {
        ServerCertificate = tls.Certificate,
        ClientCertificateMode = tls.ClientAuthorities is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.AllowCertificate,
        ClientCertificateValidation = (certificate, _, errors) => errors == SslPolicyErrors.None || tls.Trusts(certificate),
    };

    /// <summary>Leaves signals to the caller: in a test process they are none of our business.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
