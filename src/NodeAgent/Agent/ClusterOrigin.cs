using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Cluster.Writing;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>A cluster: its API server is followed by every process, and told by the one that leads.</summary>
internal sealed partial class ClusterOrigin : IConfigOrigin
{
    private static readonly TimeSpan WriteAgain = TimeSpan.FromSeconds(2);

    private readonly ClusterOptions _options;
    private readonly KubernetesClient _client;
    private readonly ApiDiscovery _discovery;
    private readonly ClusterStore _store = new();
    private readonly ClusterSource _source;
    private readonly ILoggerFactory _logs;
    private volatile LeaderElection? _election;
    private volatile ClusterWriters? _writers;

    private ClusterOrigin(ClusterOptions options, ClusterAccess access, ILoggerFactory logs)
    {
        (_options, _logs) = (options, logs);
        _client = new KubernetesClient(
            access,
            new KubernetesClientSettings
            {
                Version = BuildInfo.Version,
                RequestsPerSecond = options.RequestsPerSecond,
                Burst = options.RequestsPerSecond * 2,
            });
        _discovery = new ApiDiscovery(_client);
        _source = new ClusterSource(_store, _client, _discovery, options.Namespaces, logs.CreateLogger("NodeAgent.Cluster"));
    }

    public string Name => $"API server {_client.Access.Server} ({_client.Access.Origin})";

    public IObjectSource Source => _source;

    public bool InCluster => true;

    public string Waiting
    {
        get
        {
            ImmutableArray<string> kinds = _source.Waiting;
            return kinds.IsEmpty
                ? "what the API server told is not served yet"
                : $"the API server {_client.Access.Server} has not told yet of {string.Join(", ", kinds)}";
        }
    }

    /// <param name="problem">One line that names the file and the mend.</param>
    public static ClusterOrigin? TryOpen(ClusterOptions options, ILoggerFactory logs, out string problem)
    {
        AccessResult result = options.Kubeconfig is string file
            ? ClusterAccess.FromKubeconfig(file, options.Context)
            : ClusterAccess.InCluster();
        problem = result.Problem;
        return result.Access is ClusterAccess access ? new ClusterOrigin(options, access, logs) : null;
    }

    public async Task AttendAsync(Reconciler reconciler, CancellationToken cancel)
    {
        ILogger log = _logs.CreateLogger("NodeAgent.Leader");
        LeaseSettings? lease = await LeasePlace.FindAsync(_client, _options, log, cancel);
        while (lease is not null && !cancel.IsCancellationRequested)
        {
            try
            {
                await WriteAsync(reconciler, lease, log, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // Asked to end.
            }
            catch (Exception e)
            {
                // A mistake of ours: traffic goes on, and so should statuses. The Lease is left to run out.
                LogFailure(log, e);
                await Task.Delay(WriteAgain, CancellationToken.None);
            }
        }
    }

    public void WriteMetrics(IBufferWriter<byte> output) => ClusterMetrics.Write(
        output, _client.Metrics, _source, _store, _election?.IsLeader == true, _writers?.StatusesWritten ?? 0);

    private async Task WriteAsync(Reconciler reconciler, LeaseSettings lease, ILogger log, CancellationToken cancel)
    {
        var election = new LeaderElection(_client, lease, TimeProvider.System, log);
        var events = new EventRecorder(_client, GatewayTranslator.ControllerName, lease.Identity, TimeProvider.System);
        var writers = new ClusterWriters(reconciler, _store, _client, election, events, log) { Namespaces = _options.Namespaces };
        (_election, _writers) = (election, writers);
        await writers.RunAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _discovery.DisposeAsync();
        await _client.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "statuses are not written for a moment")]
    private static partial void LogFailure(ILogger log, Exception cause);
}
