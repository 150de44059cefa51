using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Controller.Tests.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Two watches of one Secret, one of its name and one of its kind, whose words cross.</summary>
public sealed class WantedWatchesTests : IAsyncDisposable
{
    private readonly ClusterStore _store = new();
    private readonly RecordingLog _log = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<HttpContext>> _watches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _lists = new(StringComparer.Ordinal);
    private readonly FakeTime _time = new();
    private ScriptedServer? _server;
    private KubernetesClient? _client;
    private ApiDiscovery? _discovery;
    private WantedObjects? _wanted;

    public async ValueTask DisposeAsync()
    {
        await _wanted!.DisposeAsync();
        await _discovery!.DisposeAsync();
        await _client!.DisposeAsync();
        await _server!.DisposeAsync();
    }

    [Fact]
    public async Task What_the_watch_of_the_kind_tells_late_does_not_take_back_what_that_of_the_name_told()
    {
        await StartAsync();
        List("", 5, ("s0", 5, "old"));
        await FollowAsync([.. Enumerable.Range(0, 40).Select(Secret)]);
        HttpContext kind = await Watch("");
        for (int i = 1; i < 10; i++)
        {
            List($"s{i}", 10);
        }

        Follow([.. Enumerable.Range(0, 11).Select(Secret)]);
        List("s0", 10, ("s0", 10, "new"));
        await Watch("s0");
        Assert.Equal("new", Text("s0"));

        await SendPartAsync(kind, Event("MODIFIED", "s0", 8, "middle"));
        await SendPartAsync(kind, Event("ADDED", "s10", 9, "also"));
        await UntilAsync(() => Text("s10") == "also");
        Assert.Equal("new", Text("s0"));
        await SendPartAsync(kind, Event("DELETED", "s0", 9, "middle"));
        await SendPartAsync(kind, Event("MODIFIED", "s10", 10, "more"));
        await UntilAsync(() => Text("s10") == "more");
        Assert.Equal("new", Text("s0"));

        List("s10", 12, ("s10", 10, "more"));
        await UntilAsync(() => Watches == 11);
        Assert.Equal(["more", "new"], _store.Objects.Select(o => Text(o.Meta.Name)).Order());
    }

    [Fact]
    public async Task A_cluster_that_was_set_back_is_believed()
    {
        await StartAsync();
        List("", 100, ("s0", 90, "one"));
        await FollowAsync([.. Enumerable.Range(0, 40).Select(Secret)]);
        HttpContext kind = await Watch("");
        List("s40", 100, ("s40", 95, "one"));
        Follow([.. Enumerable.Range(0, 41).Select(Secret)]);
        await UntilAsync(() => Text("s40") == "one");

        _watches.Clear();
        _lists.Clear();
        List("", 50, ("s0", 40, "zero"), ("s40", 41, "zero"));
        await SendPartAsync(kind, """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}""");

        await UntilAsync(() => Text("s0") == "zero" && Text("s40") == "zero");
    }

    [Fact]
    public async Task New_names_that_are_never_answered_hold_nothing_back_for_longer_than_one_does()
    {
        await StartAsync();
        Assert.False(Follow([Secret(0)]));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(Follow([Secret(0), Secret(1)]));
        _time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.True(Follow([Secret(0), Secret(1), Secret(2)]));
        Assert.False(Follow([Secret(0), Secret(1), Secret(2), Secret(3)]));
    }

    private int Watches => _wanted!.Counts.Single(c => c.Kind == "Secret").Watches;

    private static WantedObject Secret(int i) => new("Secret", "n", $"s{i.ToString(CultureInfo.InvariantCulture)}");

    private static string Event(string type, string name, int version, string text) => $$"""{"type":"{{type}}","object":{{Object(name, version, text)}}}""";

    private static string Object(string name, int version, string text) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"n","resourceVersion":"{{{version}}}"},"data":{"key":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}}}"}}""";

    private void List(string name, int version, params (string Name, int Version, string Text)[] items) =>
        OfList(name).SetResult($$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"items":[{{{string.Join(',', items.Select(i => Object(i.Name, i.Version, i.Text)))}}}]}""");

    private TaskCompletionSource<string> OfList(string name) => _lists.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<HttpContext> OfWatch(string name) => _watches.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task<HttpContext> Watch(string name) => OfWatch(name).Task.SoonAsync();

    private async Task StartAsync()
    {
        _server = await ScriptedServer.StartAsync(async context =>
        {
            string name = Query(context, "fieldSelector").Replace("metadata.name=", "", StringComparison.Ordinal);
            if (IsWatch(context))
            {
                OfWatch(name).TrySetResult(context);
                await StayAsync(context);
            }
            else if (context.Request.Path.Value!.EndsWith("/secrets", StringComparison.Ordinal))
            {
                await SendAsync(context, await OfList(name).Task.WaitAsync(context.RequestAborted));
            }
            else
            {
                string list = await OfList(context.Request.Path.Value!.Split('/')[^1]).Task.WaitAsync(context.RequestAborted);
                await SendAsync(context, System.Text.Json.Nodes.JsonNode.Parse(list)!["items"]![0]!.ToJsonString());
            }
        });
        _client = _server.Client();
        _discovery = new ApiDiscovery(_client);
        _wanted = new WantedObjects(_store, new ClusterWatches(_client, _discovery, _log), [], () => { }, _log, _time);
    }

    private string? Text(string name) => _store.Objects.OfType<Secret>().FirstOrDefault(s => s.Meta.Name == name) is Secret secret
        ? System.Text.Encoding.UTF8.GetString(secret.Data["key"].AsSpan())
        : null;

    private bool Follow(ImmutableArray<WantedObject> wanted)
    {
        _wanted!.Look();
        return _wanted.Follow(wanted);
    }

    private Task FollowAsync(ImmutableArray<WantedObject> wanted) => UntilAsync(() => Follow(wanted));
}
