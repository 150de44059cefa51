using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodeAgent.Controller.Cluster;
using NodeAgent.Snapshot;
using NodeAgent.TestCluster;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>The loop over a real API server, with a translator so simple that the source alone is tested.</summary>
public sealed class ClusterSourceTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordingLog _log = new();
    private readonly RecordingSink _sink = new();
    private readonly ConcurrentQueue<bool> _found = new();
    private ClusterFixture? _cluster;
    private ClusterSource? _source;
    private Reconciler? _reconciler;
    private Task _run = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(ClusterFixture.Patience);
        _reconciler?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _stop.Dispose();
    }

    [Fact]
    public async Task Nothing_is_served_before_every_kind_was_told_whole()
    {
        await StartAsync(new TestApiServerOptions(), server =>
        {
            server.Faults.Slow(TimeSpan.FromSeconds(2), 1, r => r.Resource == "endpointslices" && r.Verb == "list");
            return server.ApplyAsync(Manifest.Service("a"));
        });
        while (_source!.Waiting is not ["EndpointSlice.discovery.k8s.io"])
        {
            Assert.Equal(0, _reconciler!.Current.Generation);
            await Task.Delay(10);
        }

        ReconcilerView view = await UntilAsync(v => v.Generation > 0);
        Assert.Empty(_source.Waiting);
        Assert.Contains(view.Objects, o => o is Service { Meta.Name: "a" });
    }

    [Fact]
    public async Task Edits_are_followed_and_an_edit_that_changes_no_configuration_is_not_applied()
    {
        await StartAsync(new TestApiServerOptions(), server => server.ApplyAsync(Manifest.Service("a")));
        ReconcilerView first = await UntilAsync(v => v.Generation > 0);

        await _cluster!.Server.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n");
        ReconcilerView second = await UntilAsync(v => v.Objects.Any(o => o is Namespace { Meta.Name: "n" }));
        Assert.Single(_sink.Applied);
        await _cluster.Server.ApplyAsync(Manifest.Service("b"));
        await UntilAsync(v => v.Objects.Any(o => o is Service { Meta.Name: "b" }));

        Assert.Equal(2, _sink.Applied.Length);
        Assert.Same(first.Objects.Single(o => o.Meta.Name == "a"), second.Objects.Single(o => o.Meta.Name == "a"));
    }

    [Fact]
    public async Task What_is_referred_to_is_looked_for_before_anything_is_served_or_told()
    {
        await StartAsync(new TestApiServerOptions(), server => server.ApplyAsync(
            Manifest.Documents(Manifest.Service("a"), "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: v}\n")));
        ReconcilerView first = await UntilAsync(v => v.Generation > 0);
        Assert.Contains(first.Objects, o => o is Secret);

        await _cluster!.Server.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {k: v}\n");
        await _cluster.Server.ApplyAsync(Manifest.Service("b"));
        ReconcilerView second = await UntilAsync(v => v.Translation.Snapshot.Resources.Length == 2);

        Assert.Equal(2, second.Objects.OfType<Secret>().Count());
        Assert.All(_sink.Applied, s => Assert.All(s.Resources, r => Assert.Equal(BackendProtocol.Tcp, ((BackendResource)r).Protocol)));
        Assert.Contains(false, _found);
    }

    [Fact]
    public async Task What_is_referred_to_and_is_not_there_is_not_waited_for()
    {
        await StartAsync(new TestApiServerOptions(), server => server.ApplyAsync(Manifest.Service("a")));

        ReconcilerView view = await UntilAsync(v => v.Generation > 0);

        Assert.Equal(BackendProtocol.Http1, Assert.IsType<BackendResource>(Assert.Single(view.Translation.Snapshot.Resources)).Protocol);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("has not said", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Services_that_a_translation_looks_for_are_there_before_anything_is_served_and_others_are_not()
    {
        await StartAsync(
            new TestApiServerOptions(),
            server => server.ApplyAsync(Manifest.Documents(Manifest.Service("a"), Manifest.Service("b"), Manifest.Service("c"))),
            state => Translate(state) with
            {
                // b is not looked for before a was found.
                Services =
                [
                    .. new[] { "a", "b" }.Where(n => n == "a" || state.Objects.Any(o => o is Service { Meta.Name: "a" }))
                        .Select(n => new WantedObject("Service", "default", n)),
                ],
            });

        ReconcilerView view = await UntilAsync(v => v.Generation > 0);

        Assert.Equal(["default/a", "default/b"], view.Objects.OfType<Service>().Select(s => s.Meta.Key).Order());
        Assert.True(view.Unread >= 1);
        Assert.Equal(2, Assert.Single(_sink.Applied).Resources.Length);
    }

    [Fact]
    public async Task An_API_server_that_is_away_is_one_problem_and_none_when_it_is_back()
    {
        await StartAsync(new TestApiServerOptions(), server => server.ApplyAsync(Manifest.Service("a")));
        await UntilAsync(v => v.Generation > 0);

        await _cluster!.Server.StopAsync();
        ReconcilerView away = await UntilAsync(v => !v.Problems.IsEmpty);
        Assert.Contains("is not heard", Assert.Single(away.Problems).ToString(), StringComparison.Ordinal);
        Assert.Contains(away.Objects, o => o is Service { Meta.Name: "a" });
        await _cluster.Server.RestartAsync();
        await UntilAsync(v => v.Problems.IsEmpty);

        Assert.Single(_sink.Applied);
    }

    private async Task StartAsync(TestApiServerOptions options, Func<TestApiServer, Task> prepare, Func<ClusterState, Translation>? translate = null)
    {
        _cluster = await ClusterFixture.StartAsync(options);
        await prepare(_cluster.Server);
        var store = new ClusterStore();
        _source = new ClusterSource(store, _cluster.Client, _cluster.Discovery, [], _log);
        _reconciler = new Reconciler(new ReconcilerOptions([], null) { InCluster = true }, _source, _sink, _log) { Translator = translate ?? Translate };
        _run = _reconciler.RunAsync(_stop.Token);
    }

    private async Task<ReconcilerView> UntilAsync(Func<ReconcilerView, bool> wanted)
    {
        using var patience = new CancellationTokenSource(ClusterFixture.Patience);
        return await _reconciler!.WaitForAsync(wanted, patience.Token);
    }

    /// <summary>Each Service of namespace default but the cluster's own is a backend, of a protocol that tells whether its Secret was found.</summary>
    private Translation Translate(ClusterState state)
    {
        Service[] services = [.. state.Objects.OfType<Service>().Where(s => s.Meta is { Namespace: "default", Name: not "kubernetes" })];
        bool Found(Service s) => state.Objects.Any(o => o is Secret && o.Meta.Key == s.Meta.Key);
        Array.ForEach(services, s => _found.Enqueue(Found(s)));
        return new Translation(
            ConfigSnapshot.Create(services.Select(s => new BackendResource(
                s.Meta.Namespace, s.Meta.Name, s.Ports[0].Port, Found(s) ? BackendProtocol.Tcp : BackendProtocol.Http1, []))),
            [],
            ImmutableSortedDictionary<string, PoolAddresses>.Empty)
        {
            Wanted = [.. services.Select(s => new WantedObject("Secret", s.Meta.Namespace, s.Meta.Name))],
            Services = [new WantedObject("Service", "default", "a"), new WantedObject("Service", "default", "b")],
        };
    }
}
