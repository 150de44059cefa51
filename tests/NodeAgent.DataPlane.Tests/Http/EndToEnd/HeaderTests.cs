using System.Collections.Immutable;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class HeaderTests
{
    [Fact]
    public async Task Forwarded_headers_of_a_client_are_replaced()
    {
        await using Pods pods = await Pods.StartAsync("a");
        await using HttpRig rig = await HttpRig.StartAsync(pods.EndPoints);
        EchoAnswer seen = await rig.EchoAsync("/", "h:8080", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nx-forwarded-proto: https\r\nX-Forwarded-Host: evil\r\nForwarded: for=1.2.3.4\r\n");
        Assert.Equal("h:8080", seen.Host);
        Assert.Equal(["127.0.0.1"], seen.Headers["X-Forwarded-For"]);
        Assert.Equal(["http"], seen.Headers["X-Forwarded-Proto"]);
        Assert.Equal(["h:8080"], seen.Headers["X-Forwarded-Host"]);
        Assert.DoesNotContain("Forwarded", seen.Headers.Keys);
    }

    [Fact]
    public async Task Headers_of_the_clients_connection_end_with_it()
    {
        await using Pods pods = await Pods.StartAsync("a");
        await using HttpRig rig = await HttpRig.StartAsync(pods.EndPoints);
        EchoAnswer seen = await rig.EchoAsync(headers:
            "Connection: X-Mine, keep-alive\r\nConnection: X-Other, X-Forwarded-For\r\nX-Mine: 1\r\nX-Other: 2\r\nKeep-Alive: timeout=5\r\n"
            + "Proxy-Connection: keep-alive\r\nTE: trailers\r\nTrailer: X\r\nProxy-Authorization: Basic eA==\r\nX-Kept: 3\r\nCookie: a=b\r\nCookie: c=d\r\n");
        Assert.Equal(
            ["Cookie", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Kept"],
            seen.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["127.0.0.1"], seen.Headers["X-Forwarded-For"]);
    }

    [Fact]
    public async Task Headers_of_the_backends_connection_end_with_it()
    {
        await using RawBackend backend = Backends.Answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Mine\r\nConnection: X-Other, keep-alive\r\nX-Mine: 1\r\nX-Other: 2\r\n"
            + "Keep-Alive: timeout=5\r\nUpgrade: h2c\r\nProxy-Connection: close\r\nTrailer: X\r\nX-Kept: 3\r\nServer: own\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nok");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        RawResponse response = await rig.GetAsync();
        string[] names = [.. response.Head.Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(':')[0]).Order(StringComparer.Ordinal)];
        Assert.Equal(["Content-Length", "Date", "Server", "X-Kept"], names);
        Assert.Equal("Thu, 01 Jan 1970 00:00:00 GMT", response.Header("Date"));
    }

    [Fact]
    public async Task Repeated_and_odd_fields_of_an_answer_arrive_as_they_were()
    {
        await using RawBackend backend = Backends.Answering(
            "HTTP/1.1 299 Own Words\r\nSet-Cookie: a=1\r\nX-Tab: a\tb\r\nSet-Cookie: b=2\r\nX-Latin: \u00e9\r\nX-Empty:\r\nx-lower: y\r\nContent-Length: 0\r\n\r\n");
        await using HttpRig rig = await HttpRig.StartAsync(backend.EndPoint);
        using RawClient client = await rig.ConnectAsync();

        // Twice: the second answer is made of the strings of the first.
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal(299, response.Status);
            Assert.Equal(["a=1", "b=2"], response.Headers("Set-Cookie"));
            Assert.Equal("\u00e9", response.Header("X-Latin"));
            Assert.Equal("a\tb", response.Header("X-Tab"));
            Assert.Equal("", response.Header("X-Empty"));
            Assert.Contains("\r\nx-lower: y\r\n", response.Head, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Modifiers_of_a_rule_and_of_its_backend_both_apply()
    {
        await using Pods pods = await Pods.StartAsync("a");
        HttpFilters ofRule = new(
            new HeaderEdits([new HeaderValue("X-Set", "rule")], [new HeaderValue("X-Add", "rule")], ["X-Gone"]),
            new HeaderEdits([new HeaderValue("X-Set", "rule")], [new HeaderValue("X-Add", "rule")], ["X-Gone"]));
        HttpFilters ofBackend = new(
            new HeaderEdits([new HeaderValue("X-Backend", "b")], [new HeaderValue("X-Add", "backend")], []),
            new HeaderEdits([new HeaderValue("X-Set", "backend")], [new HeaderValue("X-Add", "backend")], []));
        ImmutableArray<BackendShare> shares = [GatewaySetup.Share("a", 1, ofBackend)];
        await using HttpRig rig = await HttpRig.StartAsync(pods.Services().Rule(ofRule, shares, Routes.Prefix("/")));
        RawResponse response = await rig.GetAsync(headers:
            "X-Set: client\r\nX-Add: client\r\nX-Gone: 1\r\nX-Echo-Set-Header: X-Gone:1, X-Add:pod, X-Set:pod\r\n");
        EchoAnswer seen = EchoAnswer.Parse(response.Body);
        Assert.Equal(["rule"], seen.Headers["X-Set"]);
        Assert.Equal(["client", "rule", "backend"], seen.Headers["X-Add"]);
        Assert.Equal(["b"], seen.Headers["X-Backend"]);
        Assert.DoesNotContain("X-Gone", seen.Headers.Keys);
        Assert.Equal("rule", response.Header("X-Set"));
        Assert.Equal(["pod", "backend", "rule"], response.Headers("X-Add"));
        Assert.Null(response.Header("X-Gone"));
    }

    [Fact]
    public async Task A_host_that_a_filter_sets_goes_to_the_backend_and_not_to_the_log()
    {
        await using Pods pods = await Pods.StartAsync("a");
        HttpFilters filters = new(new HeaderEdits([new HeaderValue("Host", "set")], [], []));
        await using HttpRig rig = await HttpRig.StartAsync(
            pods.Services().Rule(filters, [GatewaySetup.Share("a")], Routes.Prefix("/")));
        EchoAnswer seen = await rig.EchoAsync(host: "asked.example");
        Assert.Equal("set", seen.Host);
        Assert.Equal(["asked.example"], seen.Headers["X-Forwarded-Host"]);
        Assert.Equal("asked.example", Assert.Single(await rig.StopAndReadLogAsync()).Text("host"));
    }

    [Fact]
    public async Task A_rewrite_changes_host_and_path_and_keeps_the_query()
    {
        await using Pods pods = await Pods.StartAsync("a");
        GatewaySetup setup = pods.Services()
            .Rule(new HttpFilters(Rewrite: new RewriteFilter("new.host", new PathEdit(PathEditType.ReplacePrefix, "/new"))), [GatewaySetup.Share("a")], Routes.Prefix("/old"))
            .Rule(new HttpFilters(Rewrite: new RewriteFilter(null, new PathEdit(PathEditType.ReplaceFull, "/whole"))), [GatewaySetup.Share("a")], Routes.Prefix("/full"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        EchoAnswer prefix = await rig.EchoAsync("/old/x%20y?q=/old");
        Assert.Equal(("/new/x%20y?q=/old", "new.host"), (prefix.Path, prefix.Host));
        EchoAnswer full = await rig.EchoAsync("/full/x?q");
        Assert.Equal(("/whole?q", "h"), (full.Path, full.Host));
    }

    [Theory]
    [InlineData("/r?a=b", 302, "https://h/r?a=b")]
    [InlineData("/moved/x", 301, "http://other:8080/there/x")]
    public async Task A_redirect_is_answered_by_the_gateway(string target, int status, string location)
    {
        GatewaySetup setup = new GatewaySetup()
            .Rule(new HttpFilters(Redirect: new RedirectFilter("https", null, null, null, 302)), [], Routes.Prefix("/r"))
            .Rule(new HttpFilters(Redirect: new RedirectFilter(null, "other", new PathEdit(PathEditType.ReplacePrefix, "/there"), null, 301)), [], Routes.Prefix("/moved"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        using RawClient client = await rig.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            // The body that nobody wants does not become the next request.
            await client.SendAsync($"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 26\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((status, location), (response.Status, response.Header("Location")));
        }
    }
}
