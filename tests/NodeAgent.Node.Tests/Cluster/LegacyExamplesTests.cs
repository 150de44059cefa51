using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Echo;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>Needs what v0.2.0 of the Service APIs came with; is skipped, loudly, where that is not.</summary>
internal sealed class ServiceApisTheoryAttribute : TheoryAttribute
{
    public ServiceApisTheoryAttribute() =>
        Skip = Folder is null ? "GATEWAY_API_DIR does not name a folder with the upstream definitions and examples" : null;

    /// <summary>Null when GATEWAY_API_DIR is not set.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("GATEWAY_API_DIR") is { Length: > 0 } folder
        ? Path.Combine(folder, "service-apis-v0.2.0")
        : null;
}

/// <summary>
/// The original API, end to end: its definitions at an API server, an example of its own, traffic through the real
/// executable and the statuses that it writes. The examples name classes of nobody and Services that are not in them:
/// here the classes are ours, and behind each Service stands a backend that answers with its name.
/// </summary>
public sealed partial class LegacyExamplesTests : IAsyncLifetime
{
    private const string Group = "networking.x-k8s.io";

    private readonly List<EchoServer> _echos = [];

    private ClusterWorld _world = null!;

    /// <summary>Files with blanks between, the Gateway, Services (NS/NAME:PORT), routes that it admits, and requests (HOST/PATH [HEADER=VALUE] or tcp:PORT, and the Service that answers, * for any of them).</summary>
    public static TheoryData<string, string, string, string, string[]> Examples => new()
    {
        {
            "basic-http.yaml", "my-gateway", "default/my-service1:8080 default/my-service2:8080", "HTTPRoute/default/http-app-1",
            ["foo.com/bar/x my-service1", "foo.com/some/thing magic=foo my-service2", "foo.com/some/thing 404", "other.com/bar 404"]
        },
        {
            "http-filter.yaml", "my-filter-gateway", "default/my-filter-svc1:80", "HTTPRoute/default/http-filter-1", ["my.filter.com/any my-filter-svc1"]
        },
        {
            "http-trafficsplit.yaml", "my-trafficsplit-gateway", "default/my-trafficsplit-svc1:8080 default/my-trafficsplit-svc2:8080",
            "HTTPRoute/default/http-trafficsplit-1", ["my.trafficsplit.com/bar *", "my.trafficsplit.com/bar/x 404"]
        },
        {
            "routes-in-multiple-namespaces.yaml", "multi-ns-gateway",
            "gateway-api-example-ns1/my-foo-service1:8080 gateway-api-example-ns1/my-foo-service2:8080 gateway-api-example-ns2/my-bar-service1:8080",
            "HTTPRoute/gateway-api-example-ns1/http-app-1 HTTPRoute/gateway-api-example-ns2/http-app-2",
            ["foo.com/bar my-foo-service1", "foo.com/some/thing magic=foo my-foo-service2", "bar.com/ my-bar-service1"]
        },
        {
            "simple-gateway", "prod-web", "default/foo-svc:8080", "HTTPRoute/default/foo", ["any.example.com/ foo-svc"]
        },
        {
            "http-routing", "prod-web", "default/foo-svc:8080 default/bar-svc:8080 default/bar-svc-canary:8080",
            "HTTPRoute/default/foo-route HTTPRoute/default/bar-route",
            ["foo.example.com/login/x foo-svc", "foo.example.com/ 404", "bar.example.com/ bar-svc", "bar.example.com/ env=canary bar-svc-canary"]
        },
        {
            "simple-gateway/gateway.yaml traffic-splitting/traffic-split-1.yaml", "prod-web", "default/foo-v1:8080 default/foo-v2:8080",
            "HTTPRoute/default/foo-route", ["foo.example.com/ foo-v1", "foo.example.com/ traffic=test foo-v2"]
        },
        {
            "simple-gateway/gateway.yaml traffic-splitting/traffic-split-3.yaml", "prod-web", "default/foo-v1:8080 default/foo-v2:8080",
            "HTTPRoute/default/foo-route", ["foo.example.com/ foo-v2"]
        },
        {
            "basic-tcp.yaml", "my-tcp-gateway", "default/my-foo-service:6000 default/my-bar-service:6000",
            "TCPRoute/default/tcp-app-1 TCPRoute/default/tcp-app-2", ["tcp:8080 my-foo-service", "tcp:8090 my-bar-service"]
        },
    };

    public async Task InitializeAsync()
    {
        if (ServiceApisTheoryAttribute.Folder is string folder)
        {
            _world = await ClusterWorld.StartAsync();
            await _world.Server.InstallCrdsAsync(Path.Combine(folder, "crd"));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (EchoServer echo in _echos)
        {
            await echo.DisposeAsync();
        }

        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    [ServiceApisTheory]
    [MemberData(nameof(Examples))]
    public async Task An_example_gets_traffic_and_statuses(string files, string gateway, string services, string routes, string[] requests)
    {
        string[] texts = [.. files.Split(' ').Select(f => Path.Combine(ServiceApisTheoryAttribute.Folder!, "examples", f))
            .SelectMany(p => Directory.Exists(p) ? Directory.GetFiles(p, "*.yaml").Order(StringComparer.Ordinal) : (IEnumerable<string>)[p])
            .Select(File.ReadAllText)];
        string[] documents = [.. texts.SelectMany(t => Separator().Split(t)).Where(d => Kind().Match(d) is { Success: true } kind && kind.Groups[1].Value != "GatewayClass")];
        await ApplyClassesAsync(documents);
        foreach (string service in services.Split(' '))
        {
            await StartBackendAsync(service.Split('/', ':'), tcp: requests[0].StartsWith("tcp:", StringComparison.Ordinal));
        }

        foreach (string document in documents)
        {
            await _world.Server.ApplyAsync(document);
        }

        await using NodeProcess node = await _world.ReadyNodeAsync();
        JsonObject ready = await UntilAsync("Gateway", "default", gateway, g => StatusOf(g?["status"], "Ready") == "True");
        Assert.Equal("True", StatusOf(ready["status"], "Scheduled"));
        Assert.All(ready["status"]!["listeners"]!.AsArray(), l => Assert.Equal("True", StatusOf(l, "Ready")));
        string className = (string)ready["spec"]!["gatewayClassName"]!;
        await UntilAsync("GatewayClass", "", className, c => StatusOf(c?["status"], "Admitted") == "True");
        Assert.Contains(
            "gateway-exists-finalizer.networking.x-k8s.io",
            (await UntilAsync("GatewayClass", "", className, c => c?["metadata"]?["finalizers"] is not null))["metadata"]!["finalizers"]!.AsArray().Select(f => (string?)f));
        foreach (string[] route in routes.Split(' ').Select(r => r.Split('/')))
        {
            JsonObject admitted = await UntilAsync(route[0], route[1], route[2], r => StatusOf(EntryOf(r, gateway), "Admitted") == "True");
            Assert.Equal("True", StatusOf(EntryOf(admitted, gateway), "ResolvedRefs"));
        }

        string address = (string)ready["status"]!["addresses"]![0]!["value"]!;
        foreach (string request in requests)
        {
            await CheckAsync(address, request, services);
        }
    }

    private static JsonNode? EntryOf(JsonNode? route, string gateway) => (route?["status"]?["gateways"] as JsonArray)?
        .FirstOrDefault(g => (string?)g!["gatewayRef"]!["name"] == gateway);

    private static string? StatusOf(JsonNode? owner, string type) =>
        (string?)(owner?["conditions"] as JsonArray)?.FirstOrDefault(c => (string?)c!["type"] == type)?["status"];

    private static async Task CheckAsync(string address, string request, string services)
    {
        if (request.StartsWith("tcp:", StringComparison.Ordinal))
        {
            string[] parts = request.Split(':', ' ');
            (TcpClient client, StreamReader lines) = await Client.ConnectEchoAsync(address, int.Parse(parts[1], CultureInfo.InvariantCulture));
            using (client)
            {
                Assert.Contains(parts[2], await Client.EchoAsync((client, lines), "TEST"), StringComparison.Ordinal);
            }

            return;
        }

        string[] words = request.Split(' ');
        string host = words[0][..words[0].IndexOf('/')];
        using var http = new HttpClient { Timeout = Client.Patience };
        foreach (string[] header in words[1..^1].Select(w => w.Split('=')))
        {
            http.DefaultRequestHeaders.Add(header[0], header[1]);
        }

        (int status, string pod) = await Client.GetAsync(http, address, 80, words[0][host.Length..], host);
        switch (words[^1])
        {
            case "404":
                Assert.Equal(404, status);
                break;
            case "*":
                Assert.Equal(200, status);
                Assert.Contains(pod, services.Split(' ', '/', ':'));
                break;
            default:
                Assert.Equal((200, words[^1]), (status, pod));
                break;
        }
    }

    private async Task<JsonObject> UntilAsync(string kind, string ns, string name, Func<JsonObject?, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Client.Patience);
        return await _world.Server.UntilAsync(Group, kind, ns, name, wanted, patience.Token);
    }

    private async Task ApplyClassesAsync(string[] documents)
    {
        foreach (string name in documents.SelectMany(d => ClassName().Matches(d)).Select(m => m.Groups[1].Value).Distinct())
        {
            await _world.Server.ApplyAsync(
                $"apiVersion: {Group}/v1alpha1\nkind: GatewayClass\nmetadata: {{name: {name}}}\nspec: {{controller: nodeagent.dev/gateway-controller}}");
        }
    }

    /// <param name="service">Namespace, name and port.</param>
    private async Task StartBackendAsync(string[] service, bool tcp)
    {
        ImmutableArray<IPEndPoint> listen = [new IPEndPoint(ClusterWorld.Address, 0)];
        EchoServer echo = await EchoServer.StartAsync(new EchoOptions
        {
            Http = tcp ? [] : listen,
            Tcp = tcp ? listen : [],
            Identity = new EchoIdentity(Pod: service[1]),
        });
        _echos.Add(echo);
        IPEndPoint at = tcp ? echo.Tcp[0] : echo.Http[0];
        await _world.Server.ApplyAsync($$"""
            apiVersion: v1
            kind: Service
            metadata: {namespace: {{service[0]}}, name: {{service[1]}} }
            spec: {ports: [{port: {{service[2]}} }]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {namespace: {{service[0]}}, name: {{service[1]}}-1, labels: {kubernetes.io/service-name: {{service[1]}} } }
            addressType: IPv4
            ports: [{name: "", port: {{at.Port}} }]
            endpoints: [{addresses: ["{{at.Address}}"]}]
            """);
    }

    [GeneratedRegex("^---.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^kind: (\w+)", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^  gatewayClassName: (\S+)", RegexOptions.Multiline)]
    private static partial Regex ClassName();
}
