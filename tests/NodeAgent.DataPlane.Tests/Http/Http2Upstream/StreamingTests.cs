using System.Net;
using Microsoft.AspNetCore.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>What gRPC needs: trailers, answers without a body, and both directions at once.</summary>
public sealed class StreamingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Trailers_reach_an_http2_client_behind_the_body()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.WriteAsync("message");
            context.Response.AppendTrailer("grpc-status", "5");
            context.Response.AppendTrailer("grpc-message", "no such thing");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version20);

        using HttpResponseMessage answer = await client.GetAsync("/svc/Method");

        Assert.Equal("message", await answer.Content.ReadAsStringAsync());
        Assert.Equal("5", answer.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("no such thing", answer.TrailingHeaders.GetValues("grpc-message").Single());
    }

    [Fact]
    public async Task An_http1_client_gets_the_body_without_trailers()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            await context.Response.WriteAsync("message");
            context.Response.AppendTrailer("grpc-status", "5");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);

        using HttpResponseMessage answer = await client.GetAsync("/");

        Assert.Equal("message", await answer.Content.ReadAsStringAsync());
        Assert.Empty(answer.TrailingHeaders);
    }

    [Fact]
    public async Task A_grpc_status_without_a_body_stays_among_the_headers()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(context =>
        {
            context.Response.Headers["grpc-status"] = "12";
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version20);

        using HttpResponseMessage answer = await client.PostAsync("/svc/Method", new ByteArrayContent([0, 0, 0, 0, 0]));

        Assert.Equal("12", answer.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Empty(answer.TrailingHeaders);
    }

    [Fact]
    public async Task Messages_go_back_and_forth_on_one_stream()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            byte[] buffer = new byte[1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read));
                await context.Response.Body.FlushAsync();
            }

            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version20);
        using var content = new OpenBody();
        using HttpRequestMessage request = content.Post("/chat");

        // The head comes before a single byte of body was sent.
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        Stream from = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1024];
        for (byte i = 1; i <= 20; i++)
        {
            await content.SendAsync([i, i, i]);
            await from.ReadExactlyAsync(buffer.AsMemory(0, 3)).AsTask().WaitAsync(Patience);
            Assert.Equal([i, i, i], buffer[..3]);
        }

        content.End();
        Assert.Equal(0, await from.ReadAsync(buffer).AsTask().WaitAsync(Patience));
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task What_the_backend_has_sent_arrives_before_it_sends_more(string version)
    {
        var more = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync("second");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var from = new StreamReader(await answer.Content.ReadAsStreamAsync());
        char[] text = new char[5];
        await from.ReadBlockAsync(text).AsTask().WaitAsync(Patience);
        more.SetResult();

        Assert.Equal("first", new string(text));
        Assert.Equal("second", await from.ReadToEndAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_slow_client_holds_the_backend_back(string version)
    {
        long written = 0;
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            byte[] chunk = new byte[64 * 1024];
            for (int i = 0; i < 1024; i++)
            {
                await context.Response.Body.WriteAsync(chunk);
                Interlocked.Add(ref written, chunk.Length);
            }
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using var handler = TestGateway.Handler();
        using var client = new HttpClient(handler) { BaseAddress = gateway.Uri, DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        long stalledAt = await StallAsync(() => Interlocked.Read(ref written));
        Assert.InRange(stalledAt, 1, 40 * 1024 * 1024);

        Stream from = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[64 * 1024];
        long received = 0;
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            received += read;
        }

        Assert.Equal(64L * 1024 * 1024, received);
    }

    /// <summary>The value once it has stood still for half a second.</summary>
    private static async Task<long> StallAsync(Func<long> value)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        long last = -1;
        while (value() is var now && now != last)
        {
            last = now;
            await tick.WaitForNextTickAsync();
        }

        return last;
    }
}
