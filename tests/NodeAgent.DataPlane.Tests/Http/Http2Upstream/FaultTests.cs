using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>Backends that refuse, hang, reset and stop in the middle, and clients that go away.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Versions => new("1.1", "2.0");

    [Fact]
    public async Task An_endpoint_that_refuses_is_passed_over_with_the_body_still_whole()
    {
        using var refusing = new RefusingBackend();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(c => c.Request.Body.CopyToAsync(c.Response.Body));
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, refusing.EndPoint, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync("/", new StringContent("whole"));
            Assert.Equal("whole", await answer.Content.ReadAsStringAsync());
        }

        IReadOnlyList<JsonElement> log = await gateway.LogAsync();
        Assert.All(log, line => Assert.Equal(backend.EndPoint.ToString(), line.GetProperty("upstream").GetString()));
        Assert.Contains(log, line => line.TryGetProperty("tries", out JsonElement tries) && tries.GetInt32() == 2);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task No_endpoint_that_accepts_is_502(string version)
    {
        using var refusing = new RefusingBackend();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, refusing.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.PostAsync("/", new StringContent("body"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("backend_connect_failed", await OnlyReasonAsync(gateway));
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_the_connect_fails_all_who_wait_for_it_together()
    {
        using Socket full = FullBacklog(out List<Socket> fillers);
        var options = new DataPlaneOptions { ConnectTimeout = TimeSpan.FromSeconds(1) };
        await using TestGateway gateway = await TestGateway.StartAsync(options, null, BackendProtocol.Http2, (IPEndPoint)full.LocalEndPoint!);
        using HttpClient client = gateway.Client(HttpVersion.Version11);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => client.GetAsync("/"))).WaitAsync(Patience);

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.GatewayTimeout, a.StatusCode));
        Assert.All(await gateway.LogAsync(), line =>
        {
            Assert.Equal("backend_connect_timeout", line.GetProperty("reason").GetString());
            Assert.InRange(line.GetProperty("duration_us").GetInt64(), 900_000, 4_000_000);
        });
        fillers.ForEach(f => f.Dispose());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_backend_that_hangs_is_504_and_its_stream_is_reset(string version)
    {
        var aborted = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await aborted.Task;
        });
        var options = new DataPlaneOptions { BackendTimeout = TimeSpan.FromMilliseconds(300) };
        await using TestGateway gateway = await TestGateway.StartAsync(options, null, BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        await aborted.Task.WaitAsync(Patience);
        Assert.Equal("backend_timeout", await OnlyReasonAsync(gateway));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stream_reset_before_the_head_is_502(string version)
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(context =>
        {
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.PostAsync("/", new StringContent("body"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("backend_closed_early", await OnlyReasonAsync(gateway));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stream_reset_in_the_middle_cuts_the_answer(string version)
    {
        var go = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await go.Task;
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        Stream from = await answer.Content.ReadAsStreamAsync();
        byte[] half = new byte[4];
        await from.ReadExactlyAsync(half);
        go.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => from.ReadAsync(half).AsTask().WaitAsync(Patience));
        Assert.Equal("backend_body_cut", await OnlyReasonAsync(gateway));
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_cuts_all_its_answers_and_the_next_request_gets_another()
    {
        var lost = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            if (context.Request.Path == "/cut")
            {
                await lost.Task;
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            }
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version20);

        Stream one = await client.GetStreamAsync("/cut");
        Stream two = await client.GetStreamAsync("/cut");
        lost.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => one.CopyToAsync(Stream.Null).WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<IOException>(() => two.CopyToAsync(Stream.Null).WaitAsync(Patience));
        Assert.Equal("half", await client.GetStringAsync("/whole"));
    }

    [Fact]
    public async Task A_backend_that_restarts_is_reached_again()
    {
        ScriptedBackend before = await ScriptedBackend.StartAsync(
            c => c.Response.WriteAsync("before"), endPoint: new IPEndPoint(TcpRig.NewAddress(), 8080));
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, before.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        string first = await client.GetStringAsync("/");
        await before.DisposeAsync();
        await using ScriptedBackend after = await ScriptedBackend.StartAsync(
            c => c.Response.WriteAsync("after"), endPoint: before.EndPoint);

        Assert.Equal("before", first);
        Assert.Equal("after", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_request_that_may_be_done_twice_survives_the_loss_of_an_older_connection()
    {
        await using var backend = new ForgetfulHttp2Backend(requestsPerConnection: 1);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync("/");
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        Assert.Equal(3, backend.Connections);
        using HttpResponseMessage posted = await client.PostAsync("/", new StringContent("once"));
        Assert.Equal(HttpStatusCode.BadGateway, posted.StatusCode);
        Assert.Equal(3, backend.Connections);
    }

    [Fact]
    public async Task A_request_is_not_done_again_when_its_own_connection_is_lost()
    {
        await using var backend = new ForgetfulHttp2Backend(requestsPerConnection: 0);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        using HttpResponseMessage answer = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(1, backend.Connections);
        Assert.Equal("backend_closed_early", await OnlyReasonAsync(gateway));
    }

    [Fact]
    public async Task A_body_shorter_than_its_length_cuts_the_answer()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/").WaitAsync(Patience));
        Assert.Equal("backend_body_cut", await OnlyReasonAsync(gateway));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_goes_away_resets_the_stream_to_the_backend(string version)
    {
        var reached = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            reached.TrySetResult();
            await aborted.Task;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));
        using var leave = new CancellationTokenSource();

        Task<HttpResponseMessage> asking = client.GetAsync("/", leave.Token);
        await reached.Task.WaitAsync(Patience);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        await aborted.Task.WaitAsync(Patience);
        Assert.Equal("client_gone", await OnlyReasonAsync(gateway));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_goes_away_in_its_body_resets_the_stream_to_the_backend(string version)
    {
        var reached = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await context.Request.Body.ReadExactlyAsync(new byte[3]);
            reached.TrySetResult();
            await aborted.Task;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));
        using var leave = new CancellationTokenSource();
        using var body = new OpenBody();
        using HttpRequestMessage request = body.Post("/");
        request.Version = Version.Parse(version);

        Task<HttpResponseMessage> asking = client.SendAsync(request, leave.Token);
        await body.SendAsync([1, 2, 3]);
        await reached.Task.WaitAsync(Patience);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await aborted.Task.WaitAsync(Patience);
        Assert.StartsWith("client_", await OnlyReasonAsync(gateway), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_answer_may_come_before_the_body_was_read(string version)
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return context.Response.WriteAsync("too much");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));
        for (int i = 0; i < 3; i++)
        {
            using var body = new OpenBody();
            using HttpRequestMessage request = body.Post("/");
            request.Version = Version.Parse(version);
            Task<HttpResponseMessage> asking = client.SendAsync(request);
            try
            {
                await body.SendAsync(new byte[1000]);
            }
            catch (OperationCanceledException)
            {
                // The answer came before even this.
            }

            if (version == "1.1")
            {
                // HttpClient reads an HTTP/1.1 answer only behind its own body.
                body.End();
            }

            using HttpResponseMessage answer = await asking.WaitAsync(Patience);

            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Equal("too much", await answer.Content.ReadAsStringAsync());
            body.End();
        }
    }

    [Fact]
    public async Task A_backend_that_speaks_http1_only_is_502()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http1);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version11);

        using HttpResponseMessage answer = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task A_websocket_to_an_http2_backend_is_502_with_a_reason_of_its_own()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(_ => Task.CompletedTask);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(new Uri($"ws://{gateway.EndPoint}/ws"), CancellationToken.None));

        Assert.Equal(HttpStatusCode.BadGateway, socket.HttpStatusCode);
        Assert.Equal("backend_http2_no_websocket", await OnlyReasonAsync(gateway));
    }

    [Fact]
    public async Task A_client_that_does_not_send_its_body_in_time_is_408()
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(c => c.Request.Body.CopyToAsync(Stream.Null));
        var options = new DataPlaneOptions { ClientTimeout = TimeSpan.FromMilliseconds(500), BackendTimeout = TimeSpan.FromMilliseconds(200) };
        await using TestGateway gateway = await TestGateway.StartAsync(options, null, BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(HttpVersion.Version20);
        using var body = new OpenBody();
        using HttpRequestMessage request = body.Post("/");

        using HttpResponseMessage answer = await client.SendAsync(request).WaitAsync(Patience);

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.StatusCode);
        Assert.Equal("client_timeout", await OnlyReasonAsync(gateway));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: ..\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task What_http2_cannot_say_as_it_was_said_is_501(string request)
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(_ => Task.CompletedTask);
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.EndPoint);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());

        Assert.StartsWith("HTTP/1.1 501", await reader.ReadLineAsync().WaitAsync(Patience), StringComparison.Ordinal);
    }

    private static async Task<string?> OnlyReasonAsync(TestGateway gateway) =>
        Assert.Single(await gateway.LogAsync()).GetProperty("reason").GetString();

    /// <summary>A listening socket whose queue is full: the kernel drops every further SYN.</summary>
    private static Socket FullBacklog(out List<Socket> fillers)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        fillers = [];
        for (int i = 0; i < 4; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            fillers.Add(filler);
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // Under way, which is all that is wanted of it.
            }
        }

        return listener;
    }
}
