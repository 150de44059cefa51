using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Http2Upstream;

/// <summary>Whole requests and answers over backends that speak HTTP/2 by prior knowledge.</summary>
public sealed class ExchangeTests
{
    public static TheoryData<string> Versions => new("1.1", "2.0");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_request_of_either_version_reaches_the_backend_over_http2_as_it_was(string version)
    {
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(Version.Parse(version));
        using var request = new HttpRequestMessage(HttpMethod.Get, Raw(gateway, "/a%2Fb//c;d?q=%41+%zz&e="))
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = "shop.example:8080";
        request.Headers.TryAddWithoutValidation("X-Two", ["a", "b"]);
        request.Headers.TryAddWithoutValidation("X-Latin", "caf\u00e9");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "10.9.9.9");

        using HttpResponseMessage answer = await client.SendAsync(request);
        JsonElement seen = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("HTTP/2.0", seen.GetProperty("proto").GetString());
        Assert.Equal("/a%2Fb//c;d?q=%41+%zz&e=", seen.GetProperty("path").GetString());
        Assert.Equal("shop.example:8080", seen.GetProperty("host").GetString());
        Assert.Equal("GET", seen.GetProperty("method").GetString());
        Assert.Equal(["127.0.0.1"], Header(seen, "X-Forwarded-For"));
        Assert.Equal(["shop.example:8080"], Header(seen, "X-Forwarded-Host"));
        Assert.Equal(["http"], Header(seen, "X-Forwarded-Proto"));
        Assert.Equal("a, b", string.Join(", ", Header(seen, "X-Two")));
        Assert.Equal(["caf\u00e9"], Header(seen, "X-Latin"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Bodies_of_known_and_of_unknown_length_pass_both_ways_unchanged(string version)
    {
        // It answers when it has read all: a client that sends all before it reads would wait for a mere echo for ever.
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.ContentType = context.Request.ContentType;
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Response.Body.WriteAsync(body.ToArray());
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));
        byte[] sent = new byte[3_000_001];
        new Random(7).NextBytes(sent);
        foreach (bool known in new[] { true, false })
        {
            using HttpContent content = known ? new ByteArrayContent(sent) : new StreamContent(new UnknownLength(sent));
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-test");
            using HttpRequestMessage request = Make(client, HttpMethod.Post, "/");
            request.Content = content;
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

            Assert.Equal(known, answer.Content.Headers.ContentLength == sent.Length);
            Assert.Equal("application/x-test", answer.Content.Headers.ContentType?.ToString());
            Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync());
        }

        IReadOnlyList<JsonElement> log = await gateway.LogAsync();
        Assert.All(log, line => Assert.Equal(sent.Length, line.GetProperty("bytes_received").GetInt64()));
        Assert.All(log, line => Assert.Equal(sent.Length, line.GetProperty("bytes_sent").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Answers_without_a_body_keep_their_headers(string version)
    {
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/304" ? 304 : context.Request.Path == "/204" ? 204 : 200;
            context.Response.Headers.ETag = "\"1\"";
            context.Response.ContentLength = HttpMethods.IsHead(context.Request.Method) ? 1234 : null;
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, backend.EndPoint);
        using HttpClient client = gateway.Client(Version.Parse(version));

        using HttpResponseMessage head = await client.SendAsync(Make(client, HttpMethod.Head, "/"));
        using HttpResponseMessage noContent = await client.SendAsync(Make(client, HttpMethod.Get, "/204"));
        using HttpResponseMessage notModified = await client.SendAsync(Make(client, HttpMethod.Get, "/304"));
        using HttpResponseMessage empty = await client.SendAsync(Make(client, HttpMethod.Get, "/"));

        Assert.Equal(1234, head.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.NoContent, noContent.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
        Assert.Equal(HttpStatusCode.OK, empty.StatusCode);
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync());
        Assert.All([head, noContent, notModified, empty], a => Assert.Equal("\"1\"", a.Headers.ETag?.Tag));
    }

    [Theory]
    [InlineData("1.1", null)]
    [InlineData("2.0", "trailers")]
    public async Task Only_an_http2_client_makes_the_backend_send_trailers(string version, string? expected)
    {
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(Version.Parse(version));
        using HttpRequestMessage request = Make(client, HttpMethod.Get, "/");
        request.Headers.TE.ParseAdd("trailers");
        using HttpResponseMessage answer = await client.SendAsync(request);
        JsonElement seen = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(expected, Header(seen, "Te").SingleOrDefault());
    }

    [Fact]
    public async Task Filters_edit_host_path_and_headers_as_they_do_for_http1_backends()
    {
        var filters = new HttpFilters(
            RequestHeaders: new HeaderEdits([new HeaderValue("X-Set", "set")], [], ["X-Gone"]),
            ResponseHeaders: new HeaderEdits([new HeaderValue("X-Answer", "edited")], [], ["X-Backend"]),
            Rewrite: new RewriteFilter("inner.example", new PathEdit(PathEditType.ReplacePrefix, "/v2")));
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(new DataPlaneOptions(), filters, BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        using HttpRequestMessage request = Make(client, HttpMethod.Get, "/list?x=1");
        request.Headers.Add("X-Gone", "1");
        request.Headers.Add("X-Hop", "1");
        request.Headers.Add("X-Echo-Set-Header", "X-Backend:here");
        request.Headers.Connection.Add("X-Hop");
        using HttpResponseMessage answer = await client.SendAsync(request);
        JsonElement seen = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("inner.example", seen.GetProperty("host").GetString());
        Assert.Equal("/v2/list?x=1", seen.GetProperty("path").GetString());
        Assert.Equal(["set"], Header(seen, "X-Set"));
        Assert.Empty(Header(seen, "X-Gone"));
        Assert.Empty(Header(seen, "X-Hop"));
        Assert.Empty(Header(seen, "Connection"));
        Assert.Equal("edited", answer.Headers.GetValues("X-Answer").Single());
        Assert.False(answer.Headers.Contains("X-Backend"));
    }

    [Fact]
    public async Task A_content_type_without_a_body_and_cookies_pass_through()
    {
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(HttpVersion.Version11);
        using HttpRequestMessage request = Make(client, HttpMethod.Get, "/");
        request.Content = new ByteArrayContent([]);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/x-nothing");
        request.Headers.TryAddWithoutValidation("Cookie", "a=1; b=2");
        using HttpResponseMessage answer = await client.SendAsync(request);
        JsonElement seen = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(["text/x-nothing"], Header(seen, "Content-Type"));
        Assert.Equal(["a=1; b=2"], Header(seen, "Cookie"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Many_at_once_each_get_their_own_answer(string version)
    {
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http2, echo.H2c[0]);
        using HttpClient client = gateway.Client(Version.Parse(version));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2000),
            new ParallelOptions { MaxDegreeOfParallelism = 250 },
            async (i, cancel) =>
            {
                // More at once than the backend takes on one connection (100).
                string sent = new((char)('a' + (i % 26)), i);
                using HttpRequestMessage request = Make(client, HttpMethod.Post, "/body");
                request.Content = new StringContent(sent);
                using HttpResponseMessage answer = await client.SendAsync(request, cancel);
                Assert.Equal(sent, await answer.Content.ReadAsStringAsync(cancel));
            });

        Assert.Equal(2000, echo.HttpRequests);
    }

    [Fact]
    public async Task The_protocol_of_a_backend_changes_with_the_snapshot()
    {
        await using EchoServer echo = await StartEchoAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(BackendProtocol.Http1, echo.Http[0]);
        using HttpClient client = gateway.Client(HttpVersion.Version11);

        var before = await client.GetFromJsonAsync<JsonElement>("/");
        await gateway.ApplyAsync(BackendProtocol.Http2, echo.H2c[0]);
        var after = await client.GetFromJsonAsync<JsonElement>("/");

        Assert.Equal("HTTP/1.1", before.GetProperty("proto").GetString());
        Assert.Equal("HTTP/2.0", after.GetProperty("proto").GetString());
    }

    private static HttpRequestMessage Make(HttpClient client, HttpMethod method, string path) => new(method, path)
    {
        Version = client.DefaultRequestVersion,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static Uri Raw(TestGateway gateway, string target) => new(
        gateway.Uri.GetLeftPart(UriPartial.Authority) + target,
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static string[] Header(JsonElement seen, string name) =>
        seen.GetProperty("headers").TryGetProperty(name, out JsonElement values)
            ? [.. values.EnumerateArray().Select(v => v.GetString()!)]
            : [];

    private static Task<EchoServer> StartEchoAsync() => EchoServer.StartAsync(new EchoOptions
    {
        Http = [new IPEndPoint(IPAddress.Loopback, 0)],
        H2c = [new IPEndPoint(IPAddress.Loopback, 0)],
    });

    /// <summary>A body whose sender does not say how long it is.</summary>
    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
