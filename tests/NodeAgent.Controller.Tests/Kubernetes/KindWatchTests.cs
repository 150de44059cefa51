using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class KindWatchTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<IAsyncDisposable> _owned = [];

    [Fact]
    public async Task AKindThatComesIsFollowedAndOneThatGoesIsNotServed()
    {
        (TestApiServer server, KindWatch watch, RecordingHandler handler) = await StartAsync(new TestApiServerOptions());
        await handler.UntilToldAsync("not served");
        Assert.Null(watch.Resource);
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await handler.UntilToldAsync("listed all");
        Assert.Equal(new ApiResource("example.com", "v1", "things", "Thing", Namespaced: true), watch.Resource);
        await server.ApplyAsync(Thing("v1", "a"));
        await handler.UntilToldAsync("changed a");
        await server.DeleteAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com");
        await handler.UntilAsync(told => told.Lines[^1] == "not served");
        Assert.Empty(handler.Objects);
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await server.ApplyAsync(Thing("v1", "b"));
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/b"));
        Assert.DoesNotContain(handler.Lines, line => line.StartsWith("trouble", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheBestServedVersionIsFollowedAndABetterOneMovesTheWatch()
    {
        (TestApiServer server, KindWatch watch, RecordingHandler handler) = await StartAsync(new TestApiServerOptions());
        await server.InstallCrdsAsync(Definition(("v1beta1", true)));
        await server.ApplyAsync(Thing("v1beta1", "a"));
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/a"));
        Assert.Equal("v1beta1", watch.Resource!.Version);
        await server.InstallCrdsAsync(Definition(("v1", true), ("v1beta1", false)));
        await UntilAsync(() => watch.Resource?.Version == "v1");
        await handler.UntilAsync(told => told.Lines.Count(line => line == "listed all") == 2);
        Assert.True(handler.Objects.ContainsKey("default/a"));
        Assert.DoesNotContain("not served", handler.Lines.SkipWhile(line => line != "list"));
    }

    [Fact]
    public async Task WhoMayNotWatchDefinitionsAsksAgainUntilTheKindIsThere()
    {
        (TestApiServer server, _, RecordingHandler handler) = await StartAsync(
            new TestApiServerOptions { Authorize = request => request.Resource != "customresourcedefinitions" || request.UserAgent.StartsWith("test", StringComparison.Ordinal) });
        await handler.UntilToldAsync("not served");
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await handler.UntilToldAsync("listed all");
    }

    [Fact]
    public async Task AServerThatIsAwayTakesNothingAway()
    {
        (TestApiServer server, _, RecordingHandler handler) = await StartAsync(new TestApiServerOptions());
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await server.ApplyAsync(Thing("v1", "a"));
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/a"));
        int before = handler.Lines.Length;
        await server.StopAsync();
        await handler.UntilAsync(told => told.Lines[^1].StartsWith("trouble", StringComparison.Ordinal));
        await server.ApplyAsync(Thing("v1", "b"));
        await server.RestartAsync();
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/b"));
        Assert.DoesNotContain("not served", handler.Lines[before..]);
        Assert.True(handler.Objects.ContainsKey("default/a"));
    }

    [Fact]
    public async Task ADefinitionThatIsDeletedAndMadeAgainWhileItsListRunsLeavesNothingBehind()
    {
        (TestApiServer server, _, RecordingHandler handler) = await StartAsync(new TestApiServerOptions(), pageSize: 1);
        await handler.UntilToldAsync("not served");
        server.Faults.Slow(TimeSpan.FromSeconds(1), 1, r => r.Resource == "things" && r.Query.Contains("continue", StringComparison.Ordinal));
        server.Faults.Slow(TimeSpan.FromSeconds(1), 1, r => r.Resource == "things" && r.Verb == "list");
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await server.ApplyAsync(Thing("v1", "a"));
        await server.ApplyAsync(Thing("v1", "b"));
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/a"));

        await server.DeleteAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com");
        await server.UntilAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com", found => found is null, CancellationToken.None).SoonAsync();
        await server.InstallCrdsAsync(Definition(("v1", true)));
        await server.ApplyAsync(Thing("v1", "c"));

        await handler.UntilAsync(told => told.Objects.Keys.SequenceEqual(["default/c"]));
        await server.ApplyAsync(Thing("v1", "d"));
        await handler.UntilAsync(told => told.Objects.ContainsKey("default/d"));
        Assert.Equal(["default/c", "default/d"], handler.Objects.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string Definition(params (string Name, bool Storage)[] versions) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: things.example.com
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Thing, listKind: ThingList, plural: things, singular: thing}
          versions:
        {{string.Join('\n', versions.Select(v => $"  - {{name: {v.Name}, served: true, storage: {(v.Storage ? "true" : "false")}, schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}}}"))}}
        """;

    private static string Thing(string version, string name) => $$"""
        apiVersion: example.com/{{version}}
        kind: Thing
        metadata: {name: {{name}}, namespace: default}
        """;

    private async Task<(TestApiServer Server, KindWatch Watch, RecordingHandler Handler)> StartAsync(TestApiServerOptions options, int pageSize = 500)
    {
        TestApiServer server = await TestApiServer.StartAsync(options);
        _owned.Add(server);
        server.AddToken("t", new ApiUser("nodeagent"));
        server.WriteKubeconfig(_folder["config"], "t");
        var client = new KubernetesClient(
            ClusterAccess.FromKubeconfig(_folder["config"]).Access!, new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(10), MaxBackoff = TimeSpan.FromSeconds(1), PageSize = pageSize });
        _owned.Add(client);
        var discovery = new ApiDiscovery(client);
        _owned.Add(discovery);
        var handler = new RecordingHandler();
        var watch = new KindWatch(client, discovery, "example.com", "Thing", ImmutableArray.Create("v1", "v1beta1"), WatchScope.All, handler);
        _owned.Add(new Following(watch.RunAsync, handler));
        return (server, watch, handler);
    }
}
