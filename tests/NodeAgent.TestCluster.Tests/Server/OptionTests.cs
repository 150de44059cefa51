using System.Net;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class OptionTests
{
    [Fact]
    public async Task Namespaces_come_with_their_first_object_where_that_is_wanted()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, AutoCreateNamespaces = true });
        Answer created = await new Api(server.Client).PostAsync("api/v1/namespaces/fresh/configmaps", Api.ConfigMap("a"));

        Assert.Equal(201, created.Code);
        Assert.Equal("fresh", (string?)server.Get("", "Namespace", "", "fresh")!["metadata"]!["labels"]!["kubernetes.io/metadata.name"]);
    }

    [Fact]
    public async Task Times_are_of_the_given_clock()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, Clock = new StoppedClock() });
        JsonObject item = await server.ApplyAsync(Api.ConfigMap("a"));

        Assert.Equal("2001-02-03T04:05:06Z", (string?)item["metadata"]!["creationTimestamp"]);
    }

    [Fact]
    public async Task Strangers_are_let_in_where_that_is_wanted()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, Anonymous = true });
        using var stranger = new HttpClient { BaseAddress = server.Url };

        Assert.Equal(200, (await new Api(stranger).GetAsync("api/v1/namespaces")).Code);
    }

    [Fact]
    public async Task It_listens_where_told_and_is_known_under_that_address()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Listen = new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0) });

        Assert.Equal("127.0.0.9", server.Url.Host);
        Assert.Equal(200, (await new Api(server.Client).GetAsync("api/v1/namespaces")).Code);
    }

    [Fact]
    public async Task A_cluster_begins_with_its_namespaces_and_its_service()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false });

        Assert.Equal(["default", "kube-node-lease", "kube-public", "kube-system"], server.List("", "Namespace").Select(n => (string)n["metadata"]!["name"]!));
        Assert.Equal("10.96.0.1", (string?)server.Get("", "Service", "default", "kubernetes")!["spec"]!["clusterIP"]);
    }

    [Fact]
    public async Task Texts_of_several_documents_are_applied_with_their_statuses()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false });
        await server.ApplyAsync("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: n}
            ---
            # Nothing but a comment.
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: n}
            spec: {containers: [{name: a, image: b}]}
            status: {phase: Running, podIP: 10.0.0.1}
            """);
        JsonObject pod = server.Get("", "pods", "n", "p")!;
        await server.ApplyAsync(pod);

        Assert.Equal("Running", (string?)pod["status"]!["phase"]);
        Assert.Equal((string?)pod["metadata"]!["resourceVersion"], (string?)server.Get("", "pods", "n", "p")!["metadata"]!["resourceVersion"]);
        Answer list = await new Api(server.Client).GetAsync("api/v1/pods?fieldSelector=status.phase%3DRunning");
        Assert.Single(list.Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task Writes_of_many_at_once_are_all_kept_and_told_in_their_order()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false });
        using WatchReader watch = await WatchReader.OpenAsync(server.Client, Api.ConfigMaps + "?watch=1");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await server.ApplyAsync(Api.ConfigMap($"w{w}-{i}", ("x", "1")));
            }
        })));
        long last = 0;
        for (int i = 0; i < 400; i++)
        {
            long version = long.Parse((await watch.NextAsync())!.Version, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(version > last);
            last = version;
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2001, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
    }
}
