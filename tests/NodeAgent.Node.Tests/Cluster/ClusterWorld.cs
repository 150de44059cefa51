using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NodeAgent.Echo;
using NodeAgent.Node.Tests.Node;
using NodeAgent.TestCluster;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>An API server with the Gateway API installed, backends it takes as endpoints, and a kubeconfig to reach it.</summary>
internal sealed class ClusterWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodeagent-cluster-").FullName;
    private readonly List<EchoServer> _echos = [];

    private ClusterWorld(TestApiServer server) => Server = server;

    public TestApiServer Server { get; }

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    /// <summary>An address of this machine that an API server takes as an endpoint: no loopback, no link-local one.</summary>
    public static IPAddress Address { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a) && !a.ToString().StartsWith("169.254.", StringComparison.Ordinal))
        ?? IPAddress.Loopback;

    /// <param name="definitions">What is installed of the Gateway API; null: what most tests need.</param>
    public static async Task<ClusterWorld> StartAsync(string? definitions = null, TestApiServerOptions? options = null)
    {
        TestApiServer server = await TestApiServer.StartAsync((options ?? new TestApiServerOptions()) with { AutoCreateNamespaces = true });
        var world = new ClusterWorld(server);
        server.WriteKubeconfig(world.Kubeconfig);
        await server.InstallCrdsAsync(definitions ?? $"{Definitions.Gateways}\n---\n{Definitions.HttpRoutes}");
        await server.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: nodeagent-system}");
        return world;
    }

    /// <summary>The first gateway class and Gateway <c>web</c> with listener <c>http</c> on this port.</summary>
    public Task ApplyGatewayAsync(int port) =>
        Server.ApplyAsync($"{Manifests.GatewayClass}\n---\n{Manifests.Gateway("web", [$"http/HTTP/{port}"])}");

    /// <summary>A backend that answers with the name of its Service, and that Service.</summary>
    public async Task<EchoServer> StartBackendAsync(string name)
    {
        EchoServer echo = await EchoServer.StartAsync(new EchoOptions
        {
            Http = [new IPEndPoint(Address, 0)],
            Identity = new EchoIdentity(Pod: name),
        });
        _echos.Add(echo);
        await Server.ApplyAsync(Manifests.Service(name, echo.Http[0]));
        return echo;
    }

    /// <summary>Starts a process over the cluster, and does not wait until it is ready.</summary>
    public Task<NodeProcess> StartNodeAsync(string? stateFolder = null, string? pool = null, params string[] more) =>
        NodeProcess.StartOverAsync(["--kubeconfig", Kubeconfig], pool, stateFolder, more);

    public async Task<NodeProcess> ReadyNodeAsync(string? stateFolder = null, string? pool = null, params string[] more)
    {
        NodeProcess node = await StartNodeAsync(stateFolder, pool, more);
        await node.ReadyAsync();
        return node;
    }

    /// <summary>Waits for a state of an object that the Gateway API defines, in namespace default.</summary>
    public async Task<JsonObject> UntilAsync(string kind, string name, Func<JsonObject?, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Client.Patience);
        return await Server.UntilAsync("gateway.networking.k8s.io", kind, "default", name, wanted, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (EchoServer echo in _echos)
        {
            await echo.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
