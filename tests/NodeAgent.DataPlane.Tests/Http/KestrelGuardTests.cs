using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
using NodeAgent.DataPlane.Http;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>What a real Kestrel makes of a request decides whether the guard sees its fault.</summary>
public sealed class KestrelGuardTests : IAsyncLifetime
{
    private readonly WebApplication _server = Build();

    /// <summary>First HTTP/1.1, then HTTP/2.</summary>
    private IEnumerable<Uri> Addresses => _server.Services.GetRequiredService<IServer>().Features
        .GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a));

    private Uri Address => Addresses.First();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", "None /b")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "None /")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "None /")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "TeWithContentLength")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "TeNotChunked")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "TeNotChunked")]
    [InlineData("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "TeWrongVersion")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: a\u0001b\r\n\r\n", "ControlInValue")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: a\u007fb\r\n\r\n", "ControlInValue")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX(y): a\r\n\r\n", "BadHeaderName")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX: \u00e9\r\n\r\n", "None /")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", "MethodRefused")]
    [InlineData("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", "MethodRefused")]
    [InlineData("GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n", "BadPath")]
    [InlineData("GET /a%2 HTTP/1.1\r\nHost: h\r\n\r\n", "BadPath")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "None *")]
    [InlineData("GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", "None /x")]
    public async Task The_guard_names_what_Kestrel_let_through(string request, string verdict)
    {
        string response = await SendAsync(request);
        Assert.Contains($"[{verdict}]", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("GET http://other/x HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task Kestrel_refuses_the_rest_itself(string request) =>
        Assert.StartsWith("HTTP/1.1 400", await SendAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task A_good_request_is_judged_without_an_allocation_of_ours()
    {
        // Kestrel boxes its header enumerator, 96 bytes, with a cache for it, 32 bytes. Optimised code may do without.
        const long KestrelsOwn = 128;

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Own", "y");
        client.DefaultRequestHeaders.Add("Cookie", "a=b");

        // The first request also pays for what is set up once per process.
        await client.GetStringAsync(new Uri(Address, "/a/b?c=d"));
        string answer = await client.GetStringAsync(new Uri(Address, "/a/b?c=d"));
        string allocated = answer.Replace("[None /a/b] allocated ", "", StringComparison.Ordinal);
        Assert.InRange(long.Parse(allocated, CultureInfo.InvariantCulture), 0, KestrelsOwn);
    }

    [Fact]
    public async Task HTTP2_requests_pass_with_their_authority_as_host()
    {
        using var client = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        string answer = await client.GetStringAsync(new Uri(Addresses.Last(), "/a?b"));
        Assert.Contains("[None /a]", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication server = builder.Build();
        server.Run(Judge);
        return server;
    }

    private static Task Judge(HttpContext context)
    {
        IHttpRequestFeature request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RequestFault fault = RequestGuard.Check(request, allowConnect: false, out RequestTarget target);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        string verdict = fault == RequestFault.None ? $"{fault.Name()} {target.Path}" : fault.Name();
        if (HttpProtocol.IsHttp11(request.Protocol) && request.Headers.UserAgent.Count == 0)
        {
            context.Response.Headers.Connection = "close";
        }

        return context.Response.WriteAsync($"[{verdict}] allocated {allocated}");
    }
}
