using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Conformance.Traffic;
using NodeAgent.TestCluster;

namespace NodeAgent.Conformance.World;

/// <summary>
/// A cluster of one node, made of real parts: an API server with the Gateway API's definitions, the node agent as a
/// process on a node of its own, pods on a network of their own, and the test as a client off the node. Has the suite's
/// GatewayClass, certificates and base manifests when it is started.
/// </summary>
public sealed class ConformanceWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodeagent-conformance-").FullName;
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly WorldOptions _options;

    private ConformanceWorld(WorldOptions options)
    {
        _options = options;
        Network = NodeNetwork.Create();
    }

    /// <summary>Null where a world can be made, else why not.</summary>
    public static string? Unavailable => NodeNetwork.Unavailable ?? UpstreamFactAttribute.Reason;

    public NodeNetwork Network { get; }

    public TestApiServer Server { get; private set; } = null!;

    public ClusterApi Api { get; private set; } = null!;

    public ObservedCluster Cluster { get; private set; } = null!;

    public EchoProcess Echo { get; private set; } = null!;

    public Workloads Workloads { get; private set; } = null!;

    public NodeAgentProcess Agent { get; private set; } = null!;

    /// <summary>The keys of what every test finds there.</summary>
    public ImmutableArray<string> BaseKeys { get; private set; } = [];

    public string KubeconfigPath => Path.Combine(_folder, "kubeconfig");

    /// <exception cref="InvalidOperationException">A part did not start, and why.</exception>
    public static async Task<ConformanceWorld> StartAsync(WorldOptions options, CancellationToken cancel)
    {
        var world = new ConformanceWorld(options);
        try
        {
            await world.StartPartsAsync(cancel);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>The world as the clients of a test see it.</summary>
    /// <param name="patience">How long answers may be as of old.</param>
    public ILiveWorld AsSeen(TimeSpan patience) => new LiveView(this, patience);

    /// <returns>The keys of the objects, in their order.</returns>
    /// <exception cref="ClusterApiException">The API server refuses one.</exception>
    public async Task<ImmutableArray<string>> ApplyAsync(IEnumerable<JsonNode> documents, CancellationToken cancel)
    {
        ImmutableArray<string>.Builder keys = ImmutableArray.CreateBuilder<string>();
        foreach (JsonObject document in documents.Select(d => d.AsObject()))
        {
            await Api.ApplyAsync(document, cancel);
            JsonNode metadata = document["metadata"]!;
            keys.Add(SuiteNames.Key((string)document["kind"]!, (string?)metadata["namespace"], (string)metadata["name"]!));
        }

        return keys.ToImmutable();
    }

    /// <summary>Deletes the objects that are still there, the latest first, and waits until they are gone.</summary>
    /// <returns>What is still there when patience has ended.</returns>
    public async Task<IReadOnlyList<string>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancel)
    {
        foreach (string key in keys.Reverse())
        {
            (SuiteKind kind, string? ns, string name) = Split(key);
            await Api.DeleteAsync(kind, ns, name, cancel);
        }

        return await Cluster.FaultsAsync(
            view => keys.Where(k => view.Find(k) is not null).Select(k => $"{k}: was deleted and is still there"), _options.Patience, cancel);
    }

    /// <summary>Of a key: kind, namespace and name.</summary>
    public static (SuiteKind Kind, string? Namespace, string Name) Split(string key)
    {
        string[] parts = key.Split(' ', '/');
        return (SuiteKind.All[parts[0]], parts.Length == 3 ? parts[1] : null, parts[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        Network.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartPartsAsync(CancellationToken cancel)
    {
        Server = Kept(await TestApiServer.StartAsync(new TestApiServerOptions { Listen = new(Network.HostAddress, 0) }));
        await Server.InstallCrdsAsync(Path.Combine(UpstreamManifests.Folder!, UpstreamManifests.Release, "crd", "experimental"));
        Api = new ClusterApi(Server.Client, Server.Url);
        Cluster = Kept(await ObservedCluster.StartAsync(Api, SuiteKind.All.Values, cancel));
        Echo = Kept(EchoProcess.Start(Network));
        Workloads = Kept(Workloads.Start(Api, Cluster, Echo, Network.PodAddresses));
        await ApplyAsync(YamlJson.Documents($$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: {{SuiteNames.ClassName}}}
            spec: {controllerName: {{SuiteNames.ControllerName}}}
            """), cancel);
        JsonNode[] manifests = [.. UpstreamManifests.Base()];
        JsonNode[] namespaces = [.. manifests.Where(m => (string?)m["kind"] == "Namespace")];
        await ApplyAsync(namespaces, cancel);
        await ApplyAsync(SuiteCertificates.Objects, cancel);
        BaseKeys = [.. await ApplyAsync(manifests.Except(namespaces), cancel), $"GatewayClass {SuiteNames.ClassName}"];
        Server.WriteKubeconfig(KubeconfigPath);
        Agent = Kept(await NodeAgentProcess.StartAsync(
            Network, _options.Executable, KubeconfigPath, Path.Combine(_folder, "state"), cancel, [.. _options.MoreFlags]));
        IReadOnlyList<string> unready = await Cluster.FaultsAsync(Workloads.Unready, TimeSpan.FromSeconds(30), cancel);
        if (unready.Count > 0)
        {
            throw new InvalidOperationException($"{string.Join('\n', unready)}\n{Workloads.Failure}");
        }
    }

    private T Kept<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private sealed class LiveView(ConformanceWorld world, TimeSpan patience) : ILiveWorld
    {
        public TimeSpan Patience => patience;

        public LiveListener? Find(string gateway, int port) => LiveListener.Find(world.Cluster.Now, gateway, port);

        public bool IsBehind(string service, string podNamespace, string pod) =>
            PodsBehind(service).Contains($"{podNamespace}/{pod}");

        public IEnumerable<string> LogOf(string service) => PodsBehind(service).SelectMany(p => world.Echo.LogOf(p));

        public JsonObject? Document(string key) => world.Cluster.Now.Find(key);

        /// <summary>The pods whose addresses the Service's slices have.</summary>
        private HashSet<string> PodsBehind(string service)
        {
            ClusterView view = world.Cluster.Now;
            string[] names = service.Split('/');
            HashSet<string> addresses =
            [
                .. view.Of("EndpointSlice")
                    .Where(s => (string?)s["metadata"]!["namespace"] == names[0] && (string?)s["metadata"]!["labels"]?["kubernetes.io/service-name"] == names[1])
                    .SelectMany(s => Expectation.Items(s["endpoints"]))
                    .SelectMany(e => Expectation.Items(e["addresses"]))
                    .Select(a => (string)a!),
            ];
            return
            [
                .. view.Of("Pod").Where(p => (string?)p["status"]?["podIP"] is string ip && addresses.Contains(ip))
                    .Select(p => $"{p["metadata"]!["namespace"]}/{p["metadata"]!["name"]}"),
            ];
        }
    }
}
