using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Cluster.Writing;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>One controller over an API server, as the executable has it but for the data plane.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly ApiDiscovery _discovery;
    private readonly Reconciler _reconciler;
    private readonly Task _running;

    public RunningController(TestApiServer server, string identity = "one", params string[] namespaces)
    {
        server.WriteKubeconfig(_folder["kubeconfig"]);
        _client = new KubernetesClient(
            ClusterAccess.FromKubeconfig(_folder["kubeconfig"]).Access!,
            new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(50), MaxBackoff = TimeSpan.FromMilliseconds(500), RequestsPerSecond = 2000, Burst = 2000 });
        _discovery = new ApiDiscovery(_client);
        var source = new ClusterSource(Store, _client, _discovery, [.. namespaces], Log);
        _reconciler = new Reconciler(new ReconcilerOptions(["192.0.2.0/24"], null) { InCluster = true }, source, Sink, Log);
        Election = new LeaderElection(
            _client,
            new LeaseSettings("default", "nodeagent", identity)
            {
                LeaseDuration = TimeSpan.FromSeconds(3),
                RenewDeadline = TimeSpan.FromSeconds(2),
                RetryPeriod = TimeSpan.FromSeconds(0.2),
            },
            TimeProvider.System,
            Log);
        var events = new EventRecorder(_client, GatewayTranslator.ControllerName, identity, TimeProvider.System);
        Writers = new ClusterWriters(_reconciler, Store, _client, Election, events, Log) { Namespaces = [.. namespaces] };
        _running = Task.WhenAll(_reconciler.RunAsync(_stop.Token), Writers.RunAsync(_stop.Token));
    }

    public ClusterStore Store { get; } = new();

    public RecordingSink Sink { get; } = new();

    public RecordingLog Log { get; } = new();

    public LeaderElection Election { get; }

    public ClusterWriters Writers { get; }

    public Reconciler Reconciler => _reconciler;

    /// <summary>Ends as the executable does; the Lease is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(WritersWorld.Patience);
        _reconciler.Dispose();
        await _discovery.DisposeAsync();
        await _client.DisposeAsync();
        _folder.Dispose();
        _stop.Dispose();
    }
}
