using System.Collections.Immutable;
using System.Globalization;
using NodeAgent.Controller.Cluster;
using NodeAgent.TestCluster;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests.Cluster;

public sealed class WantedObjectsTests : IAsyncDisposable
{
    private readonly ClusterStore _store = new();
    private readonly SemaphoreSlim _changed = new(0);
    private readonly RecordingLog _log = new();
    private ClusterFixture? _cluster;
    private WantedObjects? _wanted;

    public async ValueTask DisposeAsync()
    {
        if (_wanted is not null)
        {
            await _wanted.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _changed.Dispose();
    }

    [Fact]
    public async Task Few_are_watched_each_by_its_name_and_no_other_is_read()
    {
        await StartAsync();
        await SecretAsync("other", "x");
        await SecretAsync("a", "1");
        ImmutableArray<WantedObject> wanted = [Secret("a"), Secret("missing")];

        Assert.False(Follow(wanted));
        await UntilAsync(() => Follow(wanted));
        Assert.Equal(["default/a"], _store.Objects.Select(o => o.Meta.Key));
        await SecretAsync("a", "2");
        await SecretAsync("missing", "3");
        await UntilAsync(() => Text("a") == "2" && Text("missing") == "3");

        Assert.Equal(2, Watches);
        Assert.All(
            _cluster!.Server.Requests.All.Where(r => r.Request.Resource == "secrets"),
            r => Assert.Contains("metadata.name", Uri.UnescapeDataString(r.Request.Query), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_refers_to_any_more_is_let_go()
    {
        await StartAsync();
        await SecretAsync("a", "1");
        await FollowAsync([Secret("a")]);
        Assert.Single(_store.Objects);

        await FollowAsync([]);

        Assert.Empty(_store.Objects);
        Assert.Equal(0, Watches);
        await UntilAsync(() => _cluster!.Server.Faults.Watches == 0);
    }

    [Fact]
    public async Task Many_are_one_watch_and_fewer_are_watched_by_name_again()
    {
        await StartAsync();
        ImmutableArray<WantedObject> many = [.. Enumerable.Range(0, 40).Select(i => Secret(Name(i)))];
        for (int i = 0; i < 39; i++)
        {
            await SecretAsync(Name(i), "1");
        }

        await SecretAsync("other", "x");
        await FollowAsync(many);
        Assert.Equal((39, 1), (_store.Objects.Length, Watches));

        // What came after the list is told by the watch, or asked for where the watch has passed it.
        await SecretAsync(Name(39), "1");
        await SecretAsync(Name(0), "2");
        await UntilAsync(() => Text(Name(0)) == "2" && Text(Name(39)) == "1");
        await FollowAsync([.. many, Secret("other"), Secret("none")]);
        Assert.Equal("x", Text("other"));
        Assert.Equal(1, Watches);
        await SecretAsync("other", "y");
        await UntilAsync(() => Text("other") == "y");

        await FollowAsync([.. many.Take(20)]);
        Assert.Equal((20, 1), (_store.Objects.Length, Watches));
        await FollowAsync([.. many.Take(10)]);
        await UntilAsync(() => Watches == 10);
        await SecretAsync(Name(5), "3");
        await UntilAsync(() => Text(Name(5)) == "3");
        Assert.Equal(10, _store.Objects.Length);
    }

    [Fact]
    public async Task Few_that_become_many_are_never_gone_in_between()
    {
        await StartAsync();
        ImmutableArray<WantedObject> many = [.. Enumerable.Range(0, 40).Select(i => Secret(Name(i)))];
        for (int i = 0; i < 40; i++)
        {
            await SecretAsync(Name(i), "1");
        }

        await FollowAsync([.. many.Take(20)]);
        Assert.False(Follow(many));
        await UntilAsync(() =>
        {
            Assert.True(_store.Objects.Length >= 20);
            return Follow(many);
        });

        await UntilAsync(() => Watches == 1);
        Assert.Equal(40, _store.Objects.Length);
    }

    [Fact]
    public async Task Where_the_whole_kind_may_not_be_read_each_is_watched_by_its_name()
    {
        await StartAsync(new TestApiServerOptions { Authorize = r => r.Resource != "secrets" || r.Query.Contains("metadata.name", StringComparison.Ordinal) });
        ImmutableArray<WantedObject> many = [.. Enumerable.Range(0, 40).Select(i => Secret(Name(i)))];
        await SecretAsync(Name(7), "1");

        await FollowAsync(many);

        Assert.Equal(40, Watches);
        Assert.Equal("1", Text(Name(7)));
    }

    [Fact]
    public async Task A_kind_that_may_be_read_after_all_is_one_watch()
    {
        bool allowed = false;
        await StartAsync(new TestApiServerOptions
        {
            Authorize = r => r.Resource != "secrets" || Volatile.Read(ref allowed) || r.Query.Contains("metadata.name", StringComparison.Ordinal),
        });
        ImmutableArray<WantedObject> many = [.. Enumerable.Range(0, 40).Select(i => Secret(Name(i)))];
        await SecretAsync(Name(7), "1");
        await FollowAsync(many);
        Assert.Equal(40, Watches);
        Assert.Empty(_wanted!.Problems);

        Volatile.Write(ref allowed, true);
        await FollowAsync([.. many, Secret("more")]);
        await UntilAsync(() => Watches == 1);

        await SecretAsync(Name(7), "2");
        await SecretAsync("more", "1");
        await UntilAsync(() => Text(Name(7)) == "2" && Text("more") == "1");
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_not_waited_for_forever()
    {
        await StartAsync();
        _cluster!.Server.Faults.Slow(TimeSpan.FromSeconds(60), 100, r => r.Resource == "secrets");

        await FollowAsync([Secret("a")]);

        Assert.Contains(_log.Lines, l => l.StartsWith("Secret default/a is referred to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Namespaces_that_are_not_watched_are_not_asked()
    {
        await StartAsync(namespaces: ["default"]);
        await SecretAsync("a", "1");

        await FollowAsync([Secret("a"), new WantedObject("Secret", "other", "b")]);

        Assert.Equal(["default/a"], _store.Objects.Select(o => o.Meta.Key));
        Assert.DoesNotContain(_cluster!.Server.Requests.All, r => r.Request.Namespace == "other");
    }

    [Fact]
    public async Task Nodes_have_no_namespace()
    {
        await StartAsync();
        await _cluster!.Server.ApplyAsync("apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {topology.kubernetes.io/zone: z}}");

        await FollowAsync([new WantedObject("Node", "", "n1")]);

        Assert.Equal("z", Assert.IsType<Translator.Api.Node>(Assert.Single(_store.Objects)).Zone);
    }

    private static string Name(int i) => $"s{i.ToString(CultureInfo.InvariantCulture)}";

    private static WantedObject Secret(string name) => new("Secret", "default", name);

    private int Watches => _wanted!.Counts.Sum(c => c.Watches);

    private async Task StartAsync(TestApiServerOptions? options = null, ImmutableArray<string>? namespaces = null)
    {
        _cluster = await ClusterFixture.StartAsync(options);
        _wanted = new WantedObjects(
            _store, new ClusterWatches(_cluster.Client, _cluster.Discovery, _log), namespaces ?? [], () => _changed.Release(), _log, TimeProvider.System);
    }

    private Task SecretAsync(string name, string value) => _cluster!.Server.ApplyAsync(
        $"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: {{key: \"{value}\"}}");

    private string? Text(string name) => _store.Objects.OfType<Secret>().FirstOrDefault(s => s.Meta.Name == name) is Secret secret
        ? System.Text.Encoding.UTF8.GetString(secret.Data["key"].AsSpan())
        : null;

    /// <summary>As a pass of the loop does.</summary>
    private bool Follow(ImmutableArray<WantedObject> wanted)
    {
        _wanted!.Look();
        _ = _store.Objects;
        return _wanted.Follow(wanted);
    }

    private Task FollowAsync(ImmutableArray<WantedObject> wanted) => UntilAsync(() => Follow(wanted));

    private async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(ClusterFixture.Patience);
        while (!holds())
        {
            // Not every state is told: the end of a watch, say.
            await _changed.WaitAsync(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }
}
