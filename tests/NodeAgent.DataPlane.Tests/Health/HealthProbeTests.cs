using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeAgent.DataPlane.Health;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Health;

public sealed class HealthProbeTests : IDisposable
{
    private readonly HealthProbe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Fact]
    public async Task An_endpoint_that_takes_connections_is_good_and_one_that_refuses_them_is_not()
    {
        await using RawBackend backend = RawBackend.Start(_ => Task.CompletedTask);
        using var refusing = new RefusingBackend();
        Assert.True(await AskAsync(backend.EndPoint, HealthCheckType.Tcp));
        Assert.False(await AskAsync(refusing.EndPoint, HealthCheckType.Tcp));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", true)]
    [InlineData("HTTP/1.0 302 Found", true)]
    [InlineData("HTTP/1.1 404 Not Found", false)]
    [InlineData("HTTP/1.1 503 Busy", false)]
    [InlineData("SSH-2.0-OpenSSH", false)]
    [InlineData("HTTP/1.1 2", false)]
    public async Task The_status_of_an_HTTP_answer_decides(string answer, bool good)
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            await c.ReadHeadAsync();
            await c.SendAsync(answer + "\r\n\r\n");
        });
        Assert.Equal(good, await AskAsync(backend.EndPoint, HealthCheckType.Http));
    }

    [Fact]
    public async Task Path_host_and_statuses_are_those_of_the_settings()
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            string head = await c.ReadHeadAsync();
            bool asked = head.StartsWith("GET /healthz?deep=1 HTTP/1.1\r\nHost: shop.example\r\n", StringComparison.Ordinal);
            await c.SendAsync($"HTTP/1.1 {(asked ? 418 : 200)} x\r\n\r\n");
        });
        HealthCheckConfig check = Check(HealthCheckType.Http) with
        {
            Path = "/healthz?deep=1",
            Host = "shop.example",
            Statuses = [new StatusRange(418, 418)],
        };
        Assert.True(await AskAsync(backend.EndPoint, check));
        Assert.False(await AskAsync(backend.EndPoint, check with { Path = "/other" }));
    }

    [Fact]
    public async Task A_silent_endpoint_is_bad()
    {
        await using RawBackend backend = RawBackend.Start(c => c.ReadAsync(int.MaxValue));
        Assert.False(await AskAsync(backend.EndPoint, Check(HealthCheckType.Http) with { TimeoutMs = 100 }));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("shop.Cart", true)]
    [InlineData("shop.Stopped", false)]
    [InlineData("shop.Unknown", false)]
    public async Task A_gRPC_server_is_asked_for_the_health_of_its_service(string service, bool good)
    {
        await using WebApplication server = await StartGrpcAsync();
        string url = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Assert.Equal(good, await AskAsync(IPEndPoint.Parse(new Uri(url).Authority), Check(HealthCheckType.Grpc) with { Service = service }));
    }

    [Fact]
    public async Task What_is_no_gRPC_server_is_bad()
    {
        await using RawBackend backend = RawBackend.Start(async c =>
        {
            await c.ReadAsync(24);
            await c.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
        });
        Assert.False(await AskAsync(backend.EndPoint, HealthCheckType.Grpc));
    }

    [Theory]
    [InlineData("", "0000000000")]
    [InlineData("a", "00000000030A0161")]
    public void A_request_is_one_framed_message(string service, string hex) => Assert.Equal(hex, Convert.ToHexString(GrpcHealth.Request(service)));

    [Fact]
    public void Long_service_names_have_their_length_in_two_bytes()
    {
        byte[] request = GrpcHealth.Request(new string('x', 300));
        Assert.Equal("000000012F0AAC02", Convert.ToHexString(request.AsSpan(0, 8)));
        Assert.Equal(308, request.Length);
    }

    private static HealthCheckConfig Check(HealthCheckType type) => new(type, 100, 5000, 1, 1);

    /// <summary>grpc.health.v1.Health as a server of any language answers it.</summary>
    private static async Task<WebApplication> StartGrpcAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        app.MapPost("/grpc.health.v1.Health/Check", async (HttpContext context) =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string asked = Encoding.UTF8.GetString(body.ToArray().Skip(7).ToArray());
            context.Response.ContentType = "application/grpc";
            IHeaderDictionary trailers = context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
            if (asked == "shop.Unknown")
            {
                trailers["grpc-status"] = "5";
                return;
            }

            await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, (byte)(asked == "shop.Stopped" ? 2 : 1) });
            trailers["grpc-status"] = "0";
        });
        await app.StartAsync();
        return app;
    }

    private Task<bool> AskAsync(IPEndPoint endPoint, HealthCheckType type) => AskAsync(endPoint, Check(type));

    private async Task<bool> AskAsync(IPEndPoint endPoint, HealthCheckConfig check)
    {
        using var patience = new CancellationTokenSource(check.TimeoutMs);
        return await _probe.IsGoodAsync(new HealthTarget("b", endPoint, check), patience.Token);
    }
}
