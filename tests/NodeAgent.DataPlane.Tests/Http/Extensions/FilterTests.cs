using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class FilterTests
{
    [Fact]
    public async Task A_rate_limit_answers_429_with_Retry_After_and_counts_by_header()
    {
        var limit = new RateLimitFilter("ns/limit", 2, 3600, 2, RateLimitKey.Header, "x-key", 1000);
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(Setup(backend.EndPoint, limit));
        Assert.Equal("200 200 429", await Statuses(rig, "X-Key: a\r\n", 3));
        Assert.Equal("200 200 429", await Statuses(rig, "X-Key: b\r\n", 3));
        Assert.Equal("200 200 429 429", await Statuses(rig, "", 4));
        RawResponse refused = await rig.GetAsync(headers: "X-Key: a\r\n");
        Assert.Equal("1800", refused.Header("Retry-After"));
        Assert.Equal("0", refused.Header("Content-Length"));
        Assert.All((await rig.StopAndReadLogAsync()).Where(e => e.Status == 429), e => Assert.Equal("rate_limited", e.Reason));
    }

    [Fact]
    public async Task A_rate_limit_counts_by_client_and_survives_an_edit_of_its_route()
    {
        var limit = new RateLimitFilter("ns/limit", 2, 3600, 2, RateLimitKey.ClientIp, null, 1000);
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(Setup(backend.EndPoint, limit));
        Assert.Equal("200 200 429", await Statuses(rig, "", 3));
        GatewaySetup edited = Setup(backend.EndPoint, limit);
        await rig.ApplyAsync(edited with { Rules = [edited.Rules[0] with { Name = "edited" }] });
        Assert.Equal("429", await Statuses(rig, "", 1));
        await rig.ApplyAsync(Setup(backend.EndPoint, limit with { Burst = 1 }));
        Assert.Equal("200 429", await Statuses(rig, "", 2));
    }

    [Fact]
    public async Task Two_rules_that_name_one_filter_share_its_tokens()
    {
        var limit = new RateLimitFilter("ns/limit", 1, 3600, 2, RateLimitKey.None, null, 1000);
        await using RawBackend backend = Backends.Answering();
        GatewaySetup setup = new GatewaySetup().Service("all", backend.EndPoint)
            .Rule(Filters(limit), [GatewaySetup.Share("all")], Routes.Prefix("/a"))
            .Rule(Filters(limit), [GatewaySetup.Share("all")], Routes.Prefix("/b"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        Assert.Equal(200, (await rig.GetAsync("/a")).Status);
        Assert.Equal(200, (await rig.GetAsync("/b")).Status);
        Assert.Equal(429, (await rig.GetAsync("/a")).Status);
        Assert.Equal(429, (await rig.GetAsync("/b")).Status);
    }

    [Fact]
    public async Task A_direct_response_answers_itself()
    {
        var direct = new DirectResponseFilter("ns/direct", 418, [new HeaderValue("X-Made", "here"), new HeaderValue("Content-Type", "text/plain")], "grüße");
        HttpFilters filters = Filters(direct) with { ResponseHeaders = new HeaderEdits([new HeaderValue("X-Rule", "too")], [], []) };
        await using HttpRig rig = await HttpRig.StartAsync(new GatewaySetup().Rule(filters, [], Routes.Prefix("/")));
        RawResponse answer = await rig.GetAsync();
        Assert.Equal((418, "here", "text/plain", "too"), (answer.Status, answer.Header("X-Made"), answer.Header("Content-Type"), answer.Header("X-Rule")));
        Assert.Equal("grÃ¼Ã\u009fe", answer.Body);
        RawResponse head = await rig.AskAsync("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal((418, "7"), (head.Status, head.Header("Content-Length")));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal(418, (await client.ReadResponseAsync()).Status);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(418, (await client.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData(null, "127.0.0.0/8", 403)]
    [InlineData("127.0.0.0/8", null, 200)]
    [InlineData("10.0.0.0/8", null, 403)]
    [InlineData("127.0.0.0/8", "127.0.0.0/8", 403)]
    [InlineData(null, "10.0.0.0/8", 200)]
    public async Task Addresses_are_allowed_or_denied(string? allow, string? deny, int status)
    {
        var access = new IpAccessFilter("ns/access", List(allow), List(deny));
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(Setup(backend.EndPoint, access));
        Assert.Equal(status, (await rig.GetAsync()).Status);
    }

    [Fact]
    public async Task Filters_run_in_the_order_in_which_they_stand()
    {
        var limit = new RateLimitFilter("ns/limit", 1, 3600, 1, RateLimitKey.None, null, 1000);
        var deny = new IpAccessFilter("ns/deny", [], ["127.0.0.0/8"]);
        var direct = new DirectResponseFilter("ns/direct", 200, [], "");
        GatewaySetup setup = new GatewaySetup()
            .Rule(Filters(limit, deny, direct), [], Routes.Prefix("/limit-first"))
            .Rule(Filters(direct, deny), [], Routes.Prefix("/direct-first"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        Assert.Equal(403, (await rig.GetAsync("/limit-first")).Status);
        Assert.Equal(429, (await rig.GetAsync("/limit-first")).Status);
        Assert.Equal(200, (await rig.GetAsync("/direct-first")).Status);
    }

    [Fact]
    public async Task A_backendRefs_filter_holds_for_its_share_only_and_after_the_rules()
    {
        var teapot = new DirectResponseFilter("ns/teapot", 418, [], "");
        await using RawBackend backend = Backends.Answering();
        ImmutableArray<BackendShare> shares = [GatewaySetup.Share("all"), GatewaySetup.Share("all", 1, Filters(teapot))];
        GatewaySetup setup = new GatewaySetup().Service("all", backend.EndPoint)
            .Rule(null, shares, Routes.Prefix("/split"))
            .Rule(Filters(new IpAccessFilter("ns/deny", [], ["127.0.0.0/8"])), shares, Routes.Prefix("/denied"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        var seen = new HashSet<int>();
        for (int i = 0; i < 200 && seen.Count < 2; i++)
        {
            seen.Add((await rig.GetAsync("/split")).Status);
        }

        Assert.Equal([200, 418], seen.Order());
        Assert.Equal(403, (await rig.GetAsync("/denied")).Status);
    }

    [Fact]
    public async Task A_body_that_announces_too_much_is_refused_before_it_is_read()
    {
        await using RawBackend backend = Backends.Answering();
        await using HttpRig rig = await HttpRig.StartAsync(Setup(backend.EndPoint, new RequestSizeFilter("ns/size", 10)));
        RawResponse refused = await rig.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
        Assert.Equal((413, "close"), (refused.Status, refused.Header("Connection")));
        Assert.Equal(200, (await rig.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")).Status);
        Assert.Equal("request_too_large", Assert.Single(await rig.StopAndReadLogAsync(), e => e.Status == 413).Reason);
    }

    [Theory]
    [InlineData(10, 200)]
    [InlineData(11, 413)]
    [InlineData(100_000, 413)]
    public async Task A_body_of_unknown_length_is_cut_at_the_limit(int length, int status)
    {
        // A backend that answers once it has the whole body.
        await using RawBackend backend = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            string body = "";
            while (!body.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            {
                body += await connection.ReadAsync(1);
            }

            await connection.SendAsync(Backends.Ok);
        });
        await using HttpRig rig = await HttpRig.StartAsync(Setup(backend.EndPoint, new RequestSizeFilter("ns/size", 10)));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        string chunk = length.ToString("x", CultureInfo.InvariantCulture);
        await client.SendAsync($"{chunk}\r\n{new string('x', length)}\r\n0\r\n\r\n");
        Assert.Equal(status, (await client.ReadResponseAsync()).Status);
    }

    private static GatewaySetup Setup(IPEndPoint backend, params ExtensionFilter[] filters) => new GatewaySetup()
        .Service("all", backend).Rule(Filters(filters), [GatewaySetup.Share("all")], Routes.Prefix("/"));

    private static HttpFilters Filters(params ExtensionFilter[] filters) => new() { Extensions = [.. filters] };

    private static ImmutableArray<string> List(string? cidr) => cidr is null ? [] : [cidr];

    private static async Task<string> Statuses(HttpRig rig, string headers, int count)
    {
        var statuses = new int[count];
        for (int i = 0; i < count; i++)
        {
            statuses[i] = (await rig.GetAsync(headers: headers)).Status;
        }

        return string.Join(' ', statuses);
    }
}
