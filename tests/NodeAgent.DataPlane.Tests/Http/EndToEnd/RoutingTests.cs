using System.Collections.Immutable;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

public sealed class RoutingTests
{
    [Fact]
    public async Task Each_part_of_a_match_decides()
    {
        string[] names = ["exact", "prefix", "regex", "method", "header", "header-regex", "query", "query-regex"];
        await using Pods pods = await Pods.StartAsync(names);
        GatewaySetup setup = pods.Services()
            .Rule("exact", Routes.Exact("/p/exact"))
            .Rule("prefix", Routes.Prefix("/p"))
            .Rule("regex", Routes.Pattern("/r/[0-9]+"))
            .Rule("method", Routes.Prefix("/m").Method("DELETE"))
            .Rule("header", Routes.Prefix("/h").Header("x-a", "1"))
            .Rule("header-regex", Routes.Prefix("/h").HeaderPattern("x-a", "[2-9]+"))
            .Rule("query", Routes.Prefix("/q").Query("a", "1"))
            .Rule("query-regex", Routes.Prefix("/q").QueryPattern("a", "[2-9]+"));
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        Assert.Equal("exact", (await rig.EchoAsync("/p/exact")).Pod);
        Assert.Equal("prefix", (await rig.EchoAsync("/p/exact/")).Pod);
        Assert.Equal("prefix", (await rig.EchoAsync("/p?x")).Pod);
        Assert.Equal("regex", (await rig.EchoAsync("/r/17")).Pod);
        Assert.Equal("header", (await rig.EchoAsync("/h", headers: "X-A: 1\r\n")).Pod);
        Assert.Equal("header-regex", (await rig.EchoAsync("/h", headers: "X-A: 23\r\n")).Pod);
        Assert.Equal("query", (await rig.EchoAsync("/q?b=2&a=1")).Pod);
        Assert.Equal("query-regex", (await rig.EchoAsync("/q?a=22")).Pod);
        RawResponse deleted = await rig.AskAsync("DELETE /m HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal("method", EchoAnswer.Parse(deleted.Body).Pod);
        foreach (string target in (string[])["/", "/pp", "/r/x", "/r/1/2", "/m", "/h", "/q?a=0", "/P"])
        {
            Assert.Equal(404, (await rig.GetAsync(target)).Status);
        }

        LogEntry[] unmatched = [.. (await rig.StopAndReadLogAsync()).Where(e => e.Status == 404)];
        Assert.Equal(8, unmatched.Length);
        Assert.All(unmatched, e => Assert.Equal(("no_route", "ns/gateway/http"), (e.Reason, e.Text("listener"))));
    }

    [Fact]
    public async Task Weights_share_the_requests()
    {
        const int requests = 400;
        await using Pods pods = await Pods.StartAsync("heavy", "light", "none");
        ImmutableArray<BackendShare> shares =
            [GatewaySetup.Share("heavy", 9), GatewaySetup.Share("light", 1), GatewaySetup.Share("none", 0)];
        await using HttpRig rig = await HttpRig.StartAsync(pods.Services().Rule(null, shares, Routes.Prefix("/")));
        using RawClient client = await rig.ConnectAsync();
        var seen = new Dictionary<string, int>();
        for (int i = 0; i < requests; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            string pod = EchoAnswer.Parse((await client.ReadResponseAsync()).Body).Pod;
            seen[pod] = seen.GetValueOrDefault(pod) + 1;
        }

        Assert.Equal(["heavy", "light"], seen.Keys.Order());

        // 40 expected, standard deviation 6: five of them either way.
        Assert.InRange(seen["light"], 10, 70);
    }

    [Fact]
    public async Task Requests_of_one_service_go_round_its_endpoints()
    {
        await using Pods pods = await Pods.StartAsync("a", "b", "c");
        await using HttpRig rig = await HttpRig.StartAsync(pods.EndPoints);
        using RawClient client = await rig.ConnectAsync();
        List<string> seen = [];
        for (int i = 0; i < 9; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            seen.Add(EchoAnswer.Parse((await client.ReadResponseAsync()).Body).Pod);
        }

        Assert.All(seen.GroupBy(p => p), g => Assert.Equal(3, g.Count()));
    }

    [Fact]
    public async Task A_faulty_reference_keeps_its_share_and_answers_500()
    {
        const int requests = 100;
        await using Pods pods = await Pods.StartAsync("good");
        ImmutableArray<BackendShare> shares = [GatewaySetup.Share("good"), GatewaySetup.Faulty()];
        await using HttpRig rig = await HttpRig.StartAsync(pods.Services().Rule(null, shares, Routes.Prefix("/")));
        using RawClient client = await rig.ConnectAsync();
        int failed = 0;
        for (int i = 0; i < requests; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            failed += (await client.ReadResponseAsync()).Status == 500 ? 1 : 0;
        }

        Assert.InRange(failed, 25, 75);
        LogEntry[] log = [.. (await rig.StopAndReadLogAsync()).Where(e => e.Status == 500)];
        Assert.Equal(failed, log.Length);
        Assert.All(log, e => Assert.Equal("invalid_backend_ref", e.Reason));
    }

    [Fact]
    public async Task Without_a_backend_the_gateway_answers_itself()
    {
        GatewaySetup setup = new GatewaySetup().Service("empty")
            .Rule("empty", Routes.Prefix("/empty"))
            .Rule(null, [GatewaySetup.Faulty()], Routes.Prefix("/faulty"))
            .Rule(null, [GatewaySetup.Share("empty", 0)], Routes.Prefix("/zero"))
            .Rule(null, [], Routes.Prefix("/nothing"))
            .Rule(null, [], Routes.Prefix("/legacy"));
        setup = setup with { Rules = setup.Rules.SetItem(4, setup.Rules[4] with { EmptyStatus = 503 }) };
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        using RawClient client = await rig.ConnectAsync();
        foreach ((string path, int status) in new[] { ("/empty", 503), ("/faulty", 500), ("/zero", 500), ("/nothing", 500), ("/legacy", 503), ("/", 404) })
        {
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");
            RawResponse response = await client.ReadResponseAsync();
            Assert.Equal((status, "0", ""), (response.Status, response.Header("Content-Length"), response.Body));
        }

        Assert.Equal(
            ["no_ready_endpoints", "invalid_backend_ref", "no_backend_refs", "no_backend_refs", "no_backend_refs", "no_route"],
            (await rig.StopAndReadLogAsync()).Select(e => e.Reason));
    }

    [Fact]
    public async Task A_host_that_no_listener_takes_is_404()
    {
        await using Pods pods = await Pods.StartAsync("a");
        GatewaySetup setup = GatewaySetup.To(pods.EndPoints) with
        {
            Listeners = [new ListenerConfig("http", HttpRig.Port, ListenerProtocol.Http, "*.serves"), new ListenerConfig("x", HttpRig.Port, ListenerProtocol.Http, "x.com")],
        };
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        Assert.Equal(200, (await rig.GetAsync(host: "x.com")).Status);
        Assert.Equal(200, (await rig.GetAsync(host: "X.COM:8080")).Status);
        Assert.Equal(404, (await rig.GetAsync(host: "y.com")).Status);
        LogEntry refused = Assert.Single(await rig.StopAndReadLogAsync(), e => e.Text("host") == "y.com");
        Assert.Equal((404, "no_listener_for_host"), (refused.Status, refused.Reason));
    }
}
