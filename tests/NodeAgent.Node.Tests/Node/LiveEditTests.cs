using System.Net;
using System.Net.Sockets;
using NodeAgent.Echo;

namespace NodeAgent.Node.Tests.Node;

/// <summary>Edits of the folder while traffic flows.</summary>
public sealed class LiveEditTests : IAsyncLifetime
{
    private readonly Manifests _manifests = new();
    private EchoServer _blue = null!;
    private EchoServer _green = null!;
    private NodeProcess _node = null!;

    public async Task InitializeAsync()
    {
        _blue = await StartEchoAsync("blue");
        _green = await StartEchoAsync("green");
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080", "tcp/TCP/9000"]));
        _manifests.Write("backends.yaml",
            Manifests.Service("blue", _blue.Http[0]), Manifests.Service("green", _green.Http[0]), Manifests.Service("tcp", _blue.Tcp[0]));
        _manifests.Write("routes.yaml",
            Manifests.Route("HTTPRoute", "web", "gw/http", "blue"), Manifests.Route("TCPRoute", "tcp", "gw/tcp", "tcp"));
        _node = await NodeProcess.StartAsync(_manifests);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _blue.DisposeAsync();
        await _green.DisposeAsync();
        _manifests.Dispose();
    }

    [Fact]
    public async Task A_new_listener_and_its_route_serve_without_a_restart()
    {
        string address = await _node.AddressAsync("gw");
        Assert.True(await Client.IsRefusedAsync(address, 8081));

        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080", "tcp/TCP/9000", "more/HTTP/8081"]));
        _manifests.Write("more.yaml", Manifests.Route("HTTPRoute", "more", "gw/more", "green"));

        await _node.UntilAsync("the new listener serves", async () =>
            !await Client.IsRefusedAsync(address, 8081) && await Client.GetAsync(address, 8081) == (200, "green"));
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080));
        await _node.ErrorLineAsync(l => l.EndsWith(
            $"gateway default/gw  http://{address}:8081  listener more (HTTP, any host)  serving", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_route_takes_the_next_request()
    {
        string address = await _node.AddressAsync("gw");
        using var client = new HttpClient { Timeout = Client.Patience };
        Assert.Equal((200, "blue"), await Client.GetAsync(client, address, 8080));

        _manifests.Write("routes.yaml", Manifests.Route("HTTPRoute", "web", "gw/http", "green"));
        await _node.UntilAsync("the route leads to green", async () => await Client.GetAsync(client, address, 8080) == (200, "green"));

        // The TCPRoute went with the file's new content.
        await _node.UntilAsync("the TCPRoute is gone", async () => await _node.StatusAsync("TCPRoute", "tcp") is null);
    }

    [Fact]
    public async Task A_request_in_flight_ends_on_the_configuration_it_began_with()
    {
        string address = await _node.AddressAsync("gw");
        var mayAnswer = new TaskCompletionSource();
        await using RawBackend slow = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await mayAnswer.Task.WaitAsync(Client.Patience);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"pod\":\"slow\"}");
        });
        _manifests.Write("slow.yaml", Manifests.Service("slow", slow.EndPoint), Manifests.Route(
            "HTTPRoute", "slow", "gw/http", "slow", "matches: [{path: {type: PathPrefix, value: /slow}}]"));
        await _node.UntilAsync("the route is accepted", async () => await _node.StatusAsync("HTTPRoute", "slow") is not null);
        Task<(int Status, string Pod)> request = Client.GetAsync(address, 8080, "/slow");
        await slow.NextConnectionAsync().WaitAsync(Client.Patience);

        _manifests.Delete("slow.yaml");
        await _node.UntilAsync("the route is gone", async () => await _node.StatusAsync("HTTPRoute", "slow") is null);
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080, "/slow"));
        mayAnswer.SetResult();

        Assert.Equal((200, "slow"), await request);
    }

    [Fact]
    public async Task A_removed_listener_drains_what_it_has_and_takes_nothing_new()
    {
        string address = await _node.AddressAsync("gw");
        var mayAnswer = new TaskCompletionSource();
        await using RawBackend slow = RawBackend.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await mayAnswer.Task.WaitAsync(Client.Patience);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"pod\":\"slow\"}");
        });
        _manifests.Write("slow.yaml", Manifests.Service("blue", slow.EndPoint));
        _manifests.Write("backends.yaml", Manifests.Service("tcp", _blue.Tcp[0]));
        await _node.UntilAsync("blue is the slow one", async () => (await _node.GetAsync("/snapshot")).Body.Contains(
            $"\"port\": {slow.EndPoint.Port}", StringComparison.Ordinal));
        Task<(int Status, string Pod)> request = Client.GetAsync(address, 8080);
        await slow.NextConnectionAsync().WaitAsync(Client.Patience);
        (TcpClient, StreamReader) echo = await Client.ConnectEchoAsync(address, 9000);

        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["other/HTTP/8081"]));
        await _node.UntilAsync("nothing new is taken", async () =>
            await Client.IsRefusedAsync(address, 8080) && await Client.IsRefusedAsync(address, 9000));

        Assert.Equal("still here", await Client.EchoAsync(echo, "still here"));
        mayAnswer.SetResult();
        Assert.Equal((200, "slow"), await request);
        echo.Item1.Dispose();
    }

    [Fact]
    public async Task Endpoints_that_come_and_go_drop_no_request()
    {
        string address = await _node.AddressAsync("gw");
        var pods = new HashSet<string>();
        using var stop = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var client = new HttpClient { Timeout = Client.Patience };
            int count = 0;
            while (!stop.IsCancellationRequested)
            {
                (int status, string pod) = await Client.GetAsync(client, address, 8080);
                Assert.Equal(200, status);
                lock (pods)
                {
                    pods.Add(pod);
                }

                count++;
            }

            return count;
        }))];

        for (int i = 0; i < 12; i++)
        {
            IPEndPoint[] endpoints = (i % 3) switch
            {
                0 => [_green.Http[0]],
                1 => [_blue.Http[0], _green.Http[0]],
                _ => [_blue.Http[0]],
            };
            long before = await GenerationAsync();
            _manifests.Write("backends.yaml", Manifests.Service("blue", endpoints), Manifests.Service("tcp", _blue.Tcp[0]));
            await _node.UntilAsync("the edit is applied", async () => await GenerationAsync() > before);
        }

        await stop.CancelAsync();
        int[] counts = await Task.WhenAll(clients);
        Assert.All(counts, count => Assert.True(count > 12, $"a client made only {count} requests"));
        Assert.Equal(["blue", "green"], pods.Order());
    }

    [Fact]
    public async Task A_broken_file_is_a_problem_with_its_line_and_keeps_serving()
    {
        string address = await _node.AddressAsync("gw");
        _manifests.Write("routes.yaml", "apiVersion: v1\nkind: [broken");
        await _node.UntilAsync("the problem is told", async () =>
            (await _node.GetAsync("/problems")).Body.Contains("routes.yaml", StringComparison.Ordinal));
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080));

        // A value out of range rejects this object only; the route beside it is taken.
        _manifests.Write("routes.yaml",
            Manifests.Route("HTTPRoute", "web", "gw/http", "green").Replace("port: 80", "port: 70000", StringComparison.Ordinal),
            Manifests.Route("HTTPRoute", "fine", "gw/http", "green", "matches: [{path: {type: Exact, value: /fine}}]"));
        await _node.UntilAsync("the good route serves", async () => await Client.GetAsync(address, 8080, "/fine") == (200, "green"));
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080));
        string line = await _node.ErrorLineAsync(l => l.Contains("70000", StringComparison.Ordinal));
        Assert.Matches(@"routes\.yaml:\d+ HTTPRoute default/web spec\.rules\[0\]\.backendRefs\[0\]\.port: .*65535", line);
        Assert.Matches(@"config_rejected_total\{kind=""HTTPRoute""\} 1\b", (await _node.GetAsync("/metrics")).Body);

        _manifests.Delete("routes.yaml");
        await _node.UntilAsync("a deleted file removes its routes", async () => await Client.GetAsync(address, 8080) == (404, ""));
        await _node.UntilAsync("the problems are gone", async () => (await _node.GetAsync("/problems")).Body == "[]");
    }

    [Fact]
    public async Task A_half_written_file_never_empties_the_gateway()
    {
        string address = await _node.AddressAsync("gw");
        string text = await File.ReadAllTextAsync(_manifests.PathOf("gateway.yaml"));
        int half = text.IndexOf("listeners", StringComparison.Ordinal) - 2;

        await using (var file = new StreamWriter(_manifests.PathOf("gateway.yaml")))
        {
            await file.WriteAsync(text[..half]);
            await file.FlushAsync();
            // An edit beside it makes the node look at the folder while this file is half there.
            _manifests.Write("other.yaml", Manifests.Route(
                "HTTPRoute", "other", "gw/http", "green", "matches: [{path: {type: Exact, value: /other}}]"));
            await _node.UntilAsync("the edit beside it is taken", async () =>
                await Client.GetAsync(address, 8080, "/other") == (200, "green"));
            Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080));
            await file.WriteAsync(text[half..]);
        }

        await _node.UntilAsync("there is no problem", async () => (await _node.GetAsync("/problems")).Body == "[]");
        Assert.Equal((200, "blue"), await Client.GetAsync(address, 8080));
        Assert.DoesNotContain(_node.Errors, l => l.Contains("removed", StringComparison.Ordinal));
    }

    private async Task<long> GenerationAsync() => long.Parse(
        (await _node.GetAsync("/metrics")).Body.Split('\n').Single(l => l.StartsWith("config_generation ", StringComparison.Ordinal)).Split(' ')[1],
        System.Globalization.CultureInfo.InvariantCulture);

    private static Task<EchoServer> StartEchoAsync(string pod) => EchoServer.StartAsync(new EchoOptions
    {
        Http = [new IPEndPoint(IPAddress.Loopback, 0)],
        Tcp = [new IPEndPoint(IPAddress.Loopback, 0)],
        Identity = new EchoIdentity(Pod: pod),
    });
}
