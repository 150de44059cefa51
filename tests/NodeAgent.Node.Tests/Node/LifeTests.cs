using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NodeAgent.Echo;

namespace NodeAgent.Node.Tests.Node;

/// <summary>From start to stop: what the process shows of itself, its logs, its end.</summary>
public sealed class LifeTests : IAsyncLifetime
{
    private readonly Manifests _manifests = new();
    private EchoServer _echo = null!;

    public async Task InitializeAsync()
    {
        _echo = await EchoServer.StartAsync(new EchoOptions
        {
            Http = [new IPEndPoint(IPAddress.Loopback, 0)],
            Tcp = [new IPEndPoint(IPAddress.Loopback, 0)],
            Identity = new EchoIdentity(Pod: "blue"),
        });
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080", "tcp/TCP/9000"]));
        _manifests.Write("rest.yaml",
            Manifests.Service("blue", _echo.Http[0]),
            Manifests.Service("tcp", _echo.Tcp[0]),
            Manifests.Route("HTTPRoute", "web", "gw/http", "blue", "matches: [{path: {type: PathPrefix, value: /web}}]"),
            Manifests.Route("TCPRoute", "tcp", "gw/tcp", "tcp"));
    }

    public async Task DisposeAsync()
    {
        await _echo.DisposeAsync();
        _manifests.Dispose();
    }

    [Fact]
    public async Task The_admin_pages_show_probes_metrics_statuses_and_the_snapshot()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);
        string address = await node.AddressAsync("gw");
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080, "/web"));

        Assert.Equal((200, "ok\n"), await node.GetAsync("/livez"));
        Assert.Equal((200, "ready\n"), await node.GetAsync("/readyz"));
        Assert.Equal((200, "[]"), await node.GetAsync("/problems"));
        string metrics = (await node.GetAsync("/metrics")).Body;
        Assert.Contains("http_server_requests_total{route_kind=\"HTTPRoute\",route_namespace=\"default\",route_name=\"web\",status_class=\"2xx\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Matches(@"build_info\{version=""\d+\.\d+\.\d+"",commit=""\w+""\} 1\n", metrics);
        Assert.Matches(@"\nconfig_last_applied_timestamp_seconds 1\d{9}", metrics);
        Assert.Contains("worker_loop_lag_seconds", metrics, StringComparison.Ordinal);

        JsonNode gateway = (await node.StatusAsync("Gateway", "gw"))!;
        Assert.Equal(1, (int)gateway["listeners"]![0]!["attachedRoutes"]!);
        Assert.Matches(@"^20\d\d-", gateway["conditions"]![0]!["lastTransitionTime"]!.ToString());
        JsonArray snapshot = JsonNode.Parse((await node.GetAsync("/snapshot")).Body)!.AsArray();
        Assert.Contains(snapshot, r => r!["resource"]!.ToString() == "tcpRoute");
    }

    [Fact]
    public async Task Every_metric_family_is_described_once_and_every_sample_belongs_to_one()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);
        string[] lines = (await node.GetAsync("/metrics")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] families = [.. lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2])];

        Assert.Equal(families.Distinct(), families);
        Assert.All(lines.Where(l => l[0] != '#'), line =>
        {
            Assert.Matches(@"^[a-z_]+(\{([a-z_]+=""[^""]*"",?)*\})? -?(\d[\d.eE+-]*|\+Inf)$", line);
            string name = line.Split('{', ' ')[0];
            Assert.Contains(families, f => name == f || (name.StartsWith(f, StringComparison.Ordinal) && name[f.Length..] is "_bucket" or "_sum" or "_count"));
        });
        Assert.Equal(lines.Where(l => l[0] != '#').Select(l => l[..l.LastIndexOf(' ')]).Distinct().Count(), lines.Count(l => l[0] != '#'));
    }

    [Fact]
    public async Task The_metrics_address_serves_metrics_and_nothing_else()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests, more: ["--metrics", "127.0.0.1:0"]);
        string line = await node.ErrorLineAsync(l => l.Contains("--metrics serves", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };

        Assert.Contains("build_info", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/snapshot")).StatusCode);
    }

    [Fact]
    public async Task The_access_log_has_a_line_per_request_and_connection()
    {
        string log = Path.Combine(_manifests.Folder, "access.log");
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests, more: ["--access-log", log]);
        string address = await node.AddressAsync("gw");
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080, "/web?a=%22", "Some.Example"));
        Assert.Equal((404, ""), await Client.GetAsync(address, 8080, "/nothing"));
        (TcpClient client, StreamReader lines) = await Client.ConnectEchoAsync(address, 9000);
        Assert.Equal("hi", await Client.EchoAsync((client, lines), "hi"));
        client.Dispose();
        await node.UntilAsync("the connection has ended", async () =>
            (await node.GetAsync("/metrics")).Body.Contains("reason=\"finished\"} 1", StringComparison.Ordinal));

        // What is still in a buffer is written when the process stops.
        node.Signal("TERM");
        Assert.Equal(0, await node.ExitCodeAsync());

        JsonNode[] entries = [.. (await File.ReadAllLinesAsync(log)).Select(l => JsonNode.Parse(l)!)];
        Assert.Equal(3, entries.Length);
        JsonNode found = Assert.Single(entries, e => e["path"]?.ToString() == "/web?a=%22");
        Assert.Equal("200 HTTP/1.1 Some.Example default/gw/http default/web", $"{found["status"]} {found["protocol"]} {found["host"]} {found["listener"]} {found["route"]}");
        Assert.Equal(_echo.Http[0].ToString(), found["upstream"]!.ToString());
        JsonNode missed = Assert.Single(entries, e => e["path"]?.ToString() == "/nothing");
        Assert.Equal("404 no_route", $"{missed["status"]} {missed["reason"]}");
        JsonNode tcp = Assert.Single(entries, e => e["protocol"]!.ToString() == "tcp");
        Assert.Equal("default/tcp finished 3", $"{tcp["route"]} {tcp["end"]} {tcp["bytes_received"]}");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_drains_what_is_in_flight_and_then_ends_it_well(string signal)
    {
        var mayAnswer = new TaskCompletionSource();
        await using RawBackend slow = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await mayAnswer.Task.WaitAsync(Client.Patience);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"pod\":\"slow\"}");
        });
        _manifests.Write("slow.yaml", Manifests.Service("slow", slow.EndPoint), Manifests.Route("HTTPRoute", "slow", "gw/http", "slow"));
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);
        string address = await node.AddressAsync("gw");
        Task<(int Status, string Pod)> request = Client.GetAsync(address, 8080);
        await slow.NextConnectionAsync().WaitAsync(Client.Patience);

        node.Signal(signal);
        await node.UntilAsync("nothing new is taken", () => Client.IsRefusedAsync(address, 8080));
        Assert.Equal((503, "draining\n"), await node.GetAsync("/readyz"));
        mayAnswer.SetResult();

        Assert.Equal((200, "slow"), await request);
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using RawBackend hanging = RawBackend.Start(connection => connection.HangAsync());
        _manifests.Write("slow.yaml", Manifests.Service("slow", hanging.EndPoint), Manifests.Route("HTTPRoute", "slow", "gw/http", "slow"));
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests, more: ["--drain-timeout", "3600"]);
        string address = await node.AddressAsync("gw");
        Task<(int, string)> request = Client.GetAsync(address, 8080);
        await hanging.NextConnectionAsync().WaitAsync(Client.Patience);

        node.Signal("TERM");
        await node.ErrorLineAsync(l => l.Contains("draining", StringComparison.Ordinal));
        node.Signal("TERM");

        Assert.Equal(143, await node.ExitCodeAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
    }

    [Fact]
    public async Task Diagnostics_can_be_json_lines()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests, more: ["--log-format", "json", "--log-level", "debug"]);
        string address = await node.AddressAsync("gw");
        string line = await node.ErrorLineAsync(l => l.Contains("9000", StringComparison.Ordinal));

        JsonNode entry = JsonNode.Parse(line)!;
        Assert.Equal("info default/gw tcp", $"{entry["level"]} {entry["gateway"]} {entry["listener"]}");
        Assert.Equal($"tcp://{address}:9000", entry["url"]!.ToString());
        Assert.All(node.Errors, l => Assert.NotNull(JsonNode.Parse(l)!["ts"]));
    }
}
