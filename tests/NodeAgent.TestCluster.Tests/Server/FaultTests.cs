using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class FaultTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    [Fact]
    public async Task A_connection_is_cut_before_the_write()
    {
        Server.Faults.DropBefore(1, r => r.Verb == "create");
        await Assert.ThrowsAsync<HttpRequestException>(() => Api.PostAsync(Maps, Api.ConfigMap("a")));

        Assert.Null(Server.Get("", "ConfigMap", "default", "a"));
        Assert.Equal(201, (await Api.PostAsync(Maps, Api.ConfigMap("a"))).Code);
    }

    [Fact]
    public async Task A_connection_is_cut_over_HTTP_2_as_well()
    {
        await using TestApiServer secure = await TestApiServer.StartAsync();
        secure.Client.DefaultRequestVersion = new Version(2, 0);
        secure.Client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var api = new Api(secure.Client);
        using WatchReader watch = await WatchReader.OpenAsync(secure.Client, Maps + "?watch=1");
        secure.Faults.DropAfter(1, r => r.Verb == "create");
        await Assert.ThrowsAsync<HttpRequestException>(() => api.PostAsync(Maps, Api.ConfigMap("a")));

        Assert.Equal(200, (await api.GetAsync(Maps + "/a")).Code);
    }

    [Fact]
    public async Task A_connection_is_cut_after_the_write()
    {
        Server.Faults.DropAfter(1, r => r.Verb == "create");
        await Assert.ThrowsAsync<HttpRequestException>(() => Api.PostAsync(Maps, Api.ConfigMap("a")));

        Assert.NotNull(Server.Get("", "ConfigMap", "default", "a"));
    }

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(410, "Expired")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task Errors_are_answered_as_often_as_told(int code, string reason)
    {
        Server.Faults.Answer(code, 2, r => r.Resource == "configmaps", retryAfterSeconds: 7);
        Answer one = await Api.GetAsync(Maps);
        Answer other = await Api.GetAsync(Api.Deployments);
        Answer two = await Api.GetAsync(Maps);
        Answer three = await Api.GetAsync(Maps);

        Assert.Equal((code, 200, code, 200), (one.Code, other.Code, two.Code, three.Code));
        Assert.Equal(reason, one.Reason);
        Assert.Equal(code is 429 or 503, one.Http.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(7));
        Assert.Equal((2, 0), (Server.Faults.Met, Server.Faults.Waiting));
    }

    [Fact]
    public async Task Watches_are_broken()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1");
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
        Task<LoggedRequest> logged = Server.Requests.NextAsync(r => r.Request.Verb == "watch" && !r.Started, Patience);
        Assert.Equal(1, Server.Faults.BreakWatches(r => r.Resource == "configmaps"));

        Exception? end = await Record.ExceptionAsync(async () => Assert.Null(await watch.NextAsync()));
        Assert.True(end is null or IOException or HttpRequestException, end?.ToString());
        Assert.Equal(0, (await logged).Code);
        Assert.Equal(0, Server.Faults.BreakWatches(r => r.Resource == "secrets"));
    }

    [Fact]
    public async Task Watches_stall_and_go_on()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1");
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
        Server.Faults.StallWatches();
        await Api.PostAsync(Maps, Api.ConfigMap("b"));
        Task<string[]> next = watch.NextAsync(1);
        await Task.WhenAny(next, Task.Delay(200));
        Assert.False(next.IsCompleted);
        Server.Faults.ResumeWatches();

        Assert.Equal(["ADDED b"], await next);
    }

    [Fact]
    public async Task The_past_is_forgotten_when_told()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Server.Faults.ExpireHistory();
        using WatchReader old = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={created.Version}");
        using WatchReader fresh = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={(await Api.GetAsync(Maps)).Version}");
        await Api.PostAsync(Maps, Api.ConfigMap("b"));

        Assert.Equal("ERROR", (await old.NextAsync())!.Type);
        Assert.Equal(["ADDED b"], await fresh.NextAsync(1));
    }

    [Fact]
    public async Task A_server_that_stops_cuts_its_watches_and_comes_back_as_it_was()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={created.Version}");
        Uri url = Server.Url;
        await Server.StopAsync();
        Exception? end = await Record.ExceptionAsync(async () => Assert.Null(await watch.NextAsync()));
        Assert.True(end is null or IOException or HttpRequestException, end?.ToString());
        await Assert.ThrowsAsync<HttpRequestException>(() => Api.GetAsync(Maps));
        await Server.ApplyAsync(Api.ConfigMap("b"));
        await Server.RestartAsync();

        Assert.Equal(url, Server.Url);
        Assert.Equal(created.Version, (await Api.GetAsync(Maps + "/a")).Version);
        using WatchReader again = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={created.Version}");
        Assert.Equal(["ADDED b"], await again.NextAsync(1));
    }

    [Fact]
    public async Task A_watcher_that_reads_too_slowly_loses_its_watch_and_nothing_else()
    {
        await using TestApiServer small = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, WatchBuffer = 2 });
        using WatchReader watch = await WatchReader.OpenAsync(small.Client, Maps + "?watch=1");
        small.Faults.StallWatches();
        foreach (string name in new[] { "a", "b", "c", "d", "e" })
        {
            await small.ApplyAsync(Api.ConfigMap(name));
        }

        small.Faults.ResumeWatches();
        var told = new List<string>();
        while (await watch.NextAsync() is { } line)
        {
            told.Add(line.ToString());
        }

        Assert.True(told.Count < 5);
        Assert.Equal(told, new[] { "ADDED a", "ADDED b", "ADDED c", "ADDED d" }.Take(told.Count));
    }

    [Fact]
    public async Task What_is_asked_directly_is_refused_directly()
    {
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => Server.ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "A" } }));

        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
    }
}
