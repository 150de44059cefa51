using System.Text.Json.Nodes;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Cluster.Writing;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests.Cluster;

public class ClusterWritersTests
{
    [Fact]
    public async Task An_election_that_fails_is_told_to_whoever_began_it()
    {
        var api = new FailingApi();
        using var reconciler = new Reconciler(new ReconcilerOptions([], null), new NoSource(), new RecordingSink(), new RecordingLog());
        var writers = new ClusterWriters(
            reconciler,
            new ClusterStore(),
            api,
            new LeaderElection(api, new LeaseSettings("default", "nodeagent", "one"), TimeProvider.System),
            new EventRecorder(api, GatewayTranslator.ControllerName, "one", TimeProvider.System),
            new RecordingLog());
        InvalidOperationException failure =
            await Assert.ThrowsAsync<InvalidOperationException>(() => writers.RunAsync(CancellationToken.None).WaitAsync(WritersWorld.Patience));
        Assert.Equal("broken", failure.Message);
    }

    private sealed class FailingApi : IKubernetesApi
    {
        public Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel) => throw new InvalidOperationException("broken");

        public Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ApiAnswer> PatchAsync(
            ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel) => throw new NotSupportedException();
    }

    private sealed class NoSource : IObjectSource
    {
        public SourceRead? Read() => null;

        public bool Provides(Translation translation) => true;

        public Task RunAsync(Action wake, CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);
    }
}
