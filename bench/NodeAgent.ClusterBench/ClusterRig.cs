using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Conformance.World;
using NodeAgent.TestCluster;

namespace NodeAgent.ClusterBench;

/// <summary>An API server in this process, a node and its pods in network namespaces, and the executable on the node.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    public const string Namespace = "bench";
    public const string GatewayGroup = "gateway.networking.k8s.io";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly NodeNetwork _network;
    private readonly EchoProcess _echo;
    private readonly string _folder;
    private readonly RigOptions _options;
    private readonly HttpClient _api;
    private Process? _agent;
    private int _lastPod;

    private ClusterRig(RigOptions options, NodeNetwork network, TestApiServer server)
    {
        _options = options;
        _network = network;
        Server = server;
        _api = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator })
        {
            BaseAddress = server.Url,
            DefaultRequestHeaders = { { "Authorization", $"Bearer {server.Token}" } },
        };
        _echo = EchoProcess.Start(network);
        _folder = Directory.CreateTempSubdirectory("nodeagent-bench-").FullName;
    }

    public TestApiServer Server { get; }

    /// <summary>Of the Gateway <c>bench/gateway</c>, once <see cref="GatewayAsync"/> has made it.</summary>
    public IPAddress Address { get; private set; } = IPAddress.None;

    public int AgentPid => _agent!.Id;

    public static async Task<ClusterRig> StartAsync(RigOptions options)
    {
        NodeNetwork network = NodeNetwork.Create();
        TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Listen = new IPEndPoint(network.HostAddress, 0) });
        var rig = new ClusterRig(options, network, server);
        await server.InstallCrdsAsync(options.Definitions);
        await server.ApplyAsync("""
            {apiVersion: v1, kind: Namespace, metadata: {name: nodeagent-system}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: bench}}
            ---
            {apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: nodeagent}, spec: {controllerName: nodeagent.dev/gateway-controller}}
            """);
        return rig;
    }

    public void StartAgent()
    {
        string kubeconfig = Path.Combine(_folder, "kubeconfig");
        Server.WriteKubeconfig(kubeconfig);
        ProcessStartInfo start = _network.InNode(
            _options.NodeAgent,
            [
                "run", "--kubeconfig", kubeconfig, "--address-pool", _network.AddressPool, "--state-dir", Path.Combine(_folder, "state"),
                "--admin", "127.0.0.1:9811", "--access-log", "off", "--workers", "2", .. _options.AgentArguments,
            ]);
        _agent = new Process { StartInfo = start };
        var log = new StreamWriter(Path.Combine(_folder, "nodeagent.log"), append: true) { AutoFlush = true };
        _agent.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        _agent.OutputDataReceived += (_, _) => { };
        _agent.Start();
        _agent.BeginErrorReadLine();
        _agent.BeginOutputReadLine();
    }

    public async Task StopAgentAsync()
    {
        if (_agent is Process agent)
        {
            using Process term = Process.Start("kill", ["-TERM", agent.Id.ToString(CultureInfo.InvariantCulture)]);
            await agent.WaitForExitAsync();
            agent.Dispose();
            _agent = null;
        }
    }

    /// <summary>Makes <c>bench/gateway</c> with an HTTP listener on 80 and a TCP listener on 9000, and waits until it is programmed.</summary>
    public async Task GatewayAsync()
    {
        await WriteAsync(Parse("""
            {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "gateway", "namespace": "bench"},
             "spec": {"gatewayClassName": "nodeagent", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}, {"name": "tcp", "port": 9000, "protocol": "TCP"}]}}
            """));
        JsonObject gateway = await UntilAsync(GatewayGroup, "Gateway", "gateway", g => Condition(g, "Programmed") == "True" && g?["status"]?["addresses"] is JsonArray { Count: > 0 });
        Address = IPAddress.Parse((string)gateway["status"]!["addresses"]![0]!["value"]!);
    }

    /// <summary>A pod that answers HTTP on 8080 and 8081 and TCP on 9000 and 9001, and a Service of its name.</summary>
    public async Task BackendAsync(string name)
    {
        string address = _network.PodAddresses.ElementAt(_lastPod++).ToString();
        await _echo.StartPodAsync(new JsonObject
        {
            ["namespace"] = Namespace,
            ["name"] = $"{name}-0",
            ["address"] = address,
            ["http"] = new JsonArray(8080, 8081),
            ["tcp"] = new JsonArray(9000, 9001),
        });
        await Server.ApplyAsync($$$"""
            {apiVersion: v1, kind: Service, metadata: {name: {{{name}}}, namespace: bench}, spec: {ports: [
              {name: a, port: 80, targetPort: 8080}, {name: b, port: 8080, targetPort: 8081}, {name: c, port: 9000}, {name: d, port: 9001}]}}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: {{{name}}}-1, namespace: bench, labels: {kubernetes.io/service-name: {{{name}}}}}
            addressType: IPv4
            ports: [{name: a, port: 8080, protocol: TCP}, {name: b, port: 8081, protocol: TCP}, {name: c, port: 9000, protocol: TCP}, {name: d, port: 9001, protocol: TCP}]
            endpoints: [{addresses: [{{{address}}}], conditions: {ready: true}}]
            """);
    }

    /// <summary>Creates or replaces, by requests as kubectl makes them: server-side apply.</summary>
    public async Task WriteAsync(JsonObject item)
    {
        string plural = (string)item["kind"]! switch
        {
            "Gateway" => "gateways",
            "HTTPRoute" => "httproutes",
            "TCPRoute" => "tcproutes",
            string kind => throw new ArgumentException($"no plural of {kind}", nameof(item)),
        };
        using var request = new HttpRequestMessage(
            HttpMethod.Patch, $"/apis/{item["apiVersion"]}/namespaces/{Namespace}/{plural}/{item["metadata"]!["name"]}?fieldManager=bench&force=true")
        {
            Content = new StringContent(item.ToJsonString(), Encoding.UTF8, "application/apply-patch+yaml"),
        };
        using HttpResponseMessage response = await _api.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the API server refuses {item["kind"]} {item["metadata"]!["name"]}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    public async Task<JsonObject> UntilAsync(string group, string kind, string name, Func<JsonObject?, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await Server.UntilAsync(group, kind, Namespace, name, wanted, patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{kind} {name} has not become what is waited for; it is {Server.Get(group, kind, Namespace, name)?.ToJsonString()}\nThe log of nodeagent is in {_folder}");
        }
    }

    /// <summary>Waits until the node agent serves: its admin address says so.</summary>
    public async Task ReadyAsync()
    {
        for (int i = 0; i < 600; i++)
        {
            using Process curl = Process.Start(_network.InNode("curl", ["-sf", "-o", "/dev/null", "http://127.0.0.1:9811/readyz"]))!;
            await curl.WaitForExitAsync();
            if (curl.ExitCode == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"nodeagent does not get ready; its log is in {_folder}");
    }

    /// <summary>Proportional memory of the node agent, in bytes.</summary>
    public long ProportionalMemory() => File.ReadLines($"/proc/{AgentPid}/smaps_rollup")
        .Where(l => l.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    /// <summary>Processor time of the node agent so far.</summary>
    public TimeSpan AgentTime()
    {
        _agent!.Refresh();
        return _agent.TotalProcessorTime;
    }

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    public static string? Condition(JsonNode? item, string type) => (item?["status"]?["conditions"] as JsonArray ?? [])
        .Where(c => (string?)c!["type"] == type).Select(c => (string?)c!["status"]).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        await _echo.DisposeAsync();
        await Server.DisposeAsync();
        _api.Dispose();
        _network.Dispose();
        if (!_options.Keep)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

/// <param name="NodeAgent">The executable.</param>
/// <param name="Definitions">Folder of the Gateway API's CustomResourceDefinitions.</param>
/// <param name="Keep">Leaves logs and kubeconfig behind.</param>
internal sealed record RigOptions(string NodeAgent, string Definitions, string[] AgentArguments, bool Keep);
