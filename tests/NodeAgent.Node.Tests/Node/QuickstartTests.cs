using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NodeAgent.Echo;
using NodeAgent.Node.Tests.Commands;

namespace NodeAgent.Node.Tests.Node;

/// <summary>The manifests that newcomers meet first do what their comments say.</summary>
public sealed class QuickstartTests : IAsyncLifetime
{
    private readonly Manifests _manifests = new();
    private readonly List<EchoServer> _echos = [];
    private NodeProcess _node = null!;

    public static string Folder { get; } = Path.Combine(Repository(), "deploy", "examples", "quickstart");

    public async Task InitializeAsync()
    {
        var ports = new Dictionary<string, int>();
        foreach ((string pod, string http, string tcp) in new[] { ("blue", "18081", "18091"), ("green", "18082", "18092") })
        {
            EchoServer echo = await EchoServer.StartAsync(new EchoOptions
            {
                Http = [new IPEndPoint(IPAddress.Loopback, 0)],
                Tcp = [new IPEndPoint(IPAddress.Loopback, 0)],
                Identity = new EchoIdentity(Pod: pod),
            });
            _echos.Add(echo);
            (ports[http], ports[tcp]) = (echo.Http[0].Port, echo.Tcp[0].Port);
        }

        _manifests.Delete("class.yaml");
        foreach (string file in Directory.GetFiles(Folder))
        {
            string text = ports.Aggregate(await File.ReadAllTextAsync(file), (t, port) => t.Replace(
                port.Key, port.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            _manifests.Write(Path.GetFileName(file), text);
        }

        _node = await NodeProcess.StartAsync(_manifests);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        foreach (EchoServer echo in _echos)
        {
            await echo.DisposeAsync();
        }

        _manifests.Dispose();
    }

    [Fact]
    public async Task Check_finds_nothing_and_every_condition_is_good()
    {
        Invocation check = await Invocation.OfAsync($"check --manifests {Folder} --address-pool 127.80.0.0/24");
        Assert.Equal((0, "", ""), (check.ExitCode, check.Out, check.Error));

        Invocation status = await Invocation.OfAsync($"status --admin {_node.AdminUrl}");
        Assert.Equal(0, status.ExitCode);
        Assert.Contains("default/quickstart", status.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("=False", status.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(_node.Errors, line => line.Contains(" warn ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hosts_paths_headers_weights_filters_and_TCP_do_what_the_comments_say()
    {
        string address = await _node.AddressAsync("quickstart");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Client.Patience };

        var pods = new HashSet<string>();
        await _node.UntilAsync("blue and green both answer", async () =>
        {
            pods.Add((await Client.GetAsync(client, address, 8080)).Pod);
            return pods.SetEquals(["blue", "green"]);
        });

        using HttpResponseMessage api = await SendAsync("/api/hello");
        JsonNode seen = JsonNode.Parse(await api.Content.ReadAsStringAsync())!;
        Assert.Equal("green /hello", $"{seen["pod"]} {seen["path"]}");
        Assert.Equal("quickstart", seen["headers"]!["X-From"]![0]!.ToString());
        Assert.Equal("nodeagent", Assert.Single(api.Headers.GetValues("x-served-by")));

        using HttpResponseMessage old = await SendAsync("/old");
        Assert.Equal(HttpStatusCode.MovedPermanently, old.StatusCode);
        Assert.Equal("http://green.example:8080/new", old.Headers.Location!.ToString());

        using HttpResponseMessage team = await SendAsync("/", ("x-team", "blue"));
        Assert.Contains("\"pod\": \"blue\"", await team.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var http2 = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:8080/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = "green.example" },
        };
        using HttpResponseMessage answer = await client.SendAsync(http2);
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.OK), (answer.Version, answer.StatusCode));

        (TcpClient tcp, StreamReader lines) = await Client.ConnectEchoAsync(address, 9000);
        Assert.Equal("hello", await Client.EchoAsync((tcp, lines), "hello"));
        tcp.Dispose();

        async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:8080{path}") { Headers = { Host = "green.example" } };
            foreach ((string name, string value) in headers)
            {
                request.Headers.Add(name, value);
            }

            return await client.SendAsync(request);
        }
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NodeAgent.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
