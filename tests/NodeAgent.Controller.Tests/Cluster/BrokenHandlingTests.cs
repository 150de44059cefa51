using System.Text.Json;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Mistakes of ours in the handling of what a server tells: they cost one object, or a moment, but no kind.</summary>
public sealed class BrokenHandlingTests
{
    private static readonly ClusterKind Services = ClusterKind.All.Single(k => k is { Group: "", Kind: "Service" });

    [Fact]
    public void An_object_whose_reading_fails_is_a_problem_of_its_own()
    {
        var store = new ClusterStore();
        var mirror = new KindMirror(store, Services, (_, _) => true, () => { }, TimeProvider.System)
        {
            Resource = () => new ApiResource("", "v1", "services", "Service", Namespaced: true),
        };
        store.Want([("n", "a"), ("n", "b")]);
        mirror.ListBegins();
        mirror.Listed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"name": "\ud800", "port": 80}]}}"""));
        mirror.Listed(Json("""{"metadata": {"name": "b", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        mirror.ListEnds();

        Assert.Equal(["n/b"], store.Objects.Select(o => o.Meta.Key));
        Assert.StartsWith("Service n/a: cannot be read: ", Assert.Single(store.Problems).ToString(), StringComparison.Ordinal);
        mirror.Changed(Json("""{"metadata": {"name": "a", "namespace": "n"}, "spec": {"ports": [{"port": 80}]}}"""));
        Assert.Equal(2, store.Objects.Length);
        Assert.Empty(store.Problems);
    }

    [Fact]
    public async Task A_kind_whose_handling_failed_once_is_followed_on()
    {
        await using ClusterFixture cluster = await ClusterFixture.StartAsync();
        await cluster.Server.ApplyAsync(OurService("a"));
        var store = new ClusterStore();
        int told = 0;
        store.Want([("default", "b")]);
        store.Changed += _ => throw (Interlocked.Increment(ref told) == 1 ? new InvalidOperationException("a mistake") : new AggregateException(new FormatException()));
        var log = new RecordingLog();
        var changed = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var mirror = new KindMirror(store, Services, (_, _) => true, () => changed.Release(), TimeProvider.System);

        Task follow = new ClusterWatches(cluster.Client, cluster.Discovery, log).FollowAsync(mirror, WatchScope.All, stop.Token);
        await Kubernetes.ResourceWatchTests.UntilAsync(() => mirror.Synced);
        await cluster.Server.ApplyAsync(OurService("b"));
        await Kubernetes.ResourceWatchTests.UntilAsync(() => store.Objects.Any(o => o.Meta.Name == "b"));

        Assert.Contains("a watch has failed that should not have, and begins again", log.Lines);
        await stop.CancelAsync();
        await follow.WaitAsync(ClusterFixture.Patience);
    }

    [Fact]
    public async Task A_watch_in_the_background_whose_handling_failed_begins_again()
    {
        await using ClusterFixture cluster = await ClusterFixture.StartAsync();
        await cluster.Server.ApplyAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}");
        var watches = new ClusterWatches(cluster.Client, cluster.Discovery, new RecordingLog());
        using var stop = new CancellationTokenSource();
        var handler = new FailingOnce();

        watches.Start(Kubernetes.Following.ConfigMaps, WatchScope.All, handler, stop.Token);

        await handler.Whole.Task.WaitAsync(ClusterFixture.Patience);
        await stop.CancelAsync();
        await watches.EndAsync().WaitAsync(ClusterFixture.Patience);
    }

    private static string OurService(string name) => $$$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{{name}}}, labels: {app.kubernetes.io/managed-by: nodeagent}}
        spec: {ports: [{port: 80}]}
        """;

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private sealed class FailingOnce : IWatchHandler
    {
        private bool _failed;

        public TaskCompletionSource Whole { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void ListBegins()
        {
            // Nothing is kept.
        }

        public void Listed(JsonElement item)
        {
            if (!_failed)
            {
                _failed = true;
                throw new KeyNotFoundException("a mistake");
            }
        }

        public void ListEnds() => Whole.TrySetResult();

        public void ListFails()
        {
            // Nothing is kept.
        }

        public void Changed(JsonElement item)
        {
            // Nothing is kept.
        }

        public void Removed(JsonElement item)
        {
            // Nothing is kept.
        }

        public void NotServed() => Assert.Fail("it is served");

        public void Trouble(string? problem)
        {
            // It is logged.
        }
    }
}
