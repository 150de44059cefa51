using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class KubernetesClientTests
{
    private static readonly ApiResource Routes = new("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", Namespaced: true);

    [Fact]
    public async Task RequestsAreWhatTheApiSaysTheyAre()
    {
        var seen = new List<string>();
        await using ScriptedServer server = await StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            seen.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.ContentType} {await reader.ReadToEndAsync()}".TrimEnd());
            Assert.Equal("nodeagent/1.2.3", context.Request.Headers.UserAgent);
            await SendAsync(context, """{"ok":1}""");
        });
        await using KubernetesClient client = server.Client(new KubernetesClientSettings { Version = "1.2.3" });
        CancellationToken none = CancellationToken.None;
        var body = new JsonObject { ["a"] = 1 };
        ApiAnswer answer = await client.GetAsync(Routes, "ns", "r", none);
        Assert.Equal((200, "1"), (answer.Status, answer.Body!["ok"]!.ToString()));
        await client.CreateAsync(Routes, "ns", body, none);
        await client.ReplaceAsync(Routes, "ns", "r", "status", body, none);
        await client.PatchAsync(Routes, "ns", "r", "status", PatchKind.Merge, body, none);
        await client.PatchAsync(Routes, "ns", "r", null, PatchKind.Json, new JsonArray(), none);
        await client.PatchAsync(Routes, "ns", "r", null, PatchKind.Apply, body, none);
        await client.DeleteAsync(Routes, "ns", "r", null, none);
        await client.DeleteAsync(Routes, "ns", "r", "u-1", none);
        const string At = "/apis/gateway.networking.k8s.io/v1/namespaces/ns/httproutes";
        Assert.Equal(
            [
                $"GET {At}/r",
                $"POST {At}?fieldManager=nodeagent application/json {{\"a\":1}}",
                $"PUT {At}/r/status?fieldManager=nodeagent application/json {{\"a\":1}}",
                $"PATCH {At}/r/status?fieldManager=nodeagent application/merge-patch+json {{\"a\":1}}",
                $"PATCH {At}/r?fieldManager=nodeagent application/json-patch+json []",
                $"PATCH {At}/r?fieldManager=nodeagent&force=true application/apply-patch+yaml {{\"a\":1}}",
                $"DELETE {At}/r",
                $"DELETE {At}/r application/json {{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"preconditions\":{{\"uid\":\"u-1\"}}}}",
            ],
            seen);
        Assert.Equal(
            ["create httproutes 200 1", "delete httproutes 200 2", "get httproutes 200 1", "patch httproutes 200 2", "patch httproutes/status 200 1", "update httproutes/status 200 1"],
            client.Metrics.Requests.Select(r => $"{r.Verb} {r.Resource} {r.Code} {r.Count}"));
        Assert.Equal(8, client.Metrics.Latencies.Sum(l => l.Buckets.Sum()));
    }

    [Fact]
    public async Task RefusalsAreValuesWithTheServersOwnWords()
    {
        await using ScriptedServer server = await StartAsync(context => context.Request.Path.Value!.Split('/')[^1] switch
        {
            "conflict" => SendAsync(context, Status(409, "Conflict", "the object has been modified"), 409),
            "there" => SendAsync(context, Status(409, "AlreadyExists", "already exists"), 409),
            "proxy" => SendAsync(context, "<html>\n bad gateway</html>", 502),
            "page" => SendAsync(context, "<html>welcome</html>"),
            _ => SendAsync(context, Status(404, "NotFound", "not found"), 404),
        });
        await using KubernetesClient client = server.Client();
        Assert.True((await GetAsync(client, "conflict")) is { Conflict: true, AlreadyExists: false, Message: "the object has been modified" });
        Assert.True((await GetAsync(client, "there")) is { Conflict: false, AlreadyExists: true });
        Assert.True((await GetAsync(client, "none")) is { NotFound: true, Transient: false, Reason: "NotFound" });
        ApiAnswer proxy = await GetAsync(client, "proxy");
        Assert.True(proxy is { Transient: true, Reason: "BadGateway" });
        Assert.EndsWith("httproutes/proxy: 502 BadGateway: <html>  bad gateway</html>", proxy.Message, StringComparison.Ordinal);
        Assert.EndsWith("the body of the 200 is no JSON object, is this an API server?", (await GetAsync(client, "page")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoServerAndNoAnswerAreValuesThatSaySo()
    {
        ScriptedServer server = await StartAsync(StayAsync);
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(time: time);
        Task<ApiAnswer> asked = GetAsync(client, "slow");
        await UntilAsync(() => server.Requests.Count == 1);
        time.Advance(TimeSpan.FromSeconds(16));
        ApiAnswer late = await asked.SoonAsync();
        Assert.Equal((0, "NoAnswer"), (late.Status, late.Reason));
        Assert.EndsWith("/slow: no answer within 15 s", late.Message, StringComparison.Ordinal);
        await server.DisposeAsync();
        ApiAnswer gone = await GetAsync(client, "gone");
        Assert.True(gone is { Status: 0, Transient: true });
        Assert.Contains("refused", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoeverStopsWaitingWhileTheConnectionFailsIsToldNothingElse()
    {
        KubernetesClient gone;
        await using (ScriptedServer server = await StartAsync(_ => Task.CompletedTask))
        {
            gone = server.Client(new KubernetesClientSettings { RequestsPerSecond = 10_000 });
        }

        await using KubernetesClient client = gone;
        int cancelled = 0;
        for (int i = 0; i < 2_000 && cancelled < 200; i++)
        {
            using var waiting = new CancellationTokenSource();
            Task<ApiAnswer> asking = client.GetAsync(Routes, "ns", "r", waiting.Token);
            Thread.SpinWait(i % 400 * 20);
            await waiting.CancelAsync();
            try
            {
                Assert.Equal(0, (await asking).Status);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        Assert.NotEqual(0, cancelled);
    }

    [Fact]
    public async Task TheCallersEndIsNoAnswerButACancellation()
    {
        await using ScriptedServer server = await StartAsync(StayAsync);
        await using KubernetesClient client = server.Client();
        using var stop = new CancellationTokenSource();
        Task<ApiAnswer> asked = client.GetAsync(Routes, "ns", "x", stop.Token);
        await UntilAsync(() => server.Requests.Count == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.SoonAsync());
    }

    [Fact]
    public async Task ABusyServerIsAskedAgainWhenItSaysSoWithinTheRequestsTime()
    {
        int asked = 0;
        await using ScriptedServer server = await StartAsync(context =>
        {
            int count = Interlocked.Increment(ref asked);
            context.Response.Headers.RetryAfter = count < 4 ? "2" : "600";
            return count == 3 ? SendAsync(context, """{"ok":1}""") : SendAsync(context, Status(429, "TooManyRequests", "later"), count == 1 ? 429 : 503);
        });
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(time: time);
        Task<ApiAnswer> answer = GetAsync(client, "x");
        await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(100), () => answer.IsCompleted);
        Assert.True((await answer).Ok);
        Assert.True(time.GetElapsedTime(0) >= TimeSpan.FromSeconds(4));
        Assert.Equal(503, (await GetAsync(client, "x")).Status);
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task RequestsBeyondTheBurstWaitTheirTurnButLeasesDoNot()
    {
        await using ScriptedServer server = await StartAsync(context => SendAsync(context, """{"ok":1}"""));
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(new KubernetesClientSettings { RequestsPerSecond = 10, Burst = 3 }, time);
        Task<ApiAnswer>[] asked = [.. Enumerable.Range(0, 8).Select(i => GetAsync(client, $"r{i}"))];
        await UntilAsync(() => asked.Count(a => a.IsCompletedSuccessfully) == 3);
        await client.GetAsync(new ApiResource("coordination.k8s.io", "v1", "leases", "Lease", true), "ns", "lease", CancellationToken.None).SoonAsync();
        Assert.Equal(4, server.Requests.Count);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await UntilAsync(() => asked.Count(a => a.IsCompletedSuccessfully) == 4);
        time.Advance(TimeSpan.FromMilliseconds(400));
        await Task.WhenAll(asked).SoonAsync();
        Assert.Equal(5, client.Metrics.RateLimitWait.Requests);
        Assert.Equal(1.5, client.Metrics.RateLimitWait.Seconds, 3);
    }

    [Fact]
    public async Task ManyWatchesLeaveRoomForRequestsOverHttp2()
    {
        var authority = new TestAuthority();
        await using ScriptedServer server = await StartAsync(
            context => IsWatch(context) ? StayAsync(context) : SendAsync(context, Page(1, "")), authority.ServerOnLoopback(), maxStreams: 2);
        await using var client = new KubernetesClient(new ClusterAccess(server.Url, new ServerTrust(() => authority.Pem, false), new FixedCredential(Credential.None)));
        List<Following> watches = [.. Enumerable.Range(0, 7).Select(_ => Following.Of(client))];
        await UntilAsync(() => server.Requests.Count(r => r.Contains("watch=true", StringComparison.Ordinal)) == 7);
        ApiAnswer answer = await client.ListAsync(Following.ConfigMaps, WatchScope.All, CancellationToken.None).SoonAsync();
        Assert.True(answer.Ok, answer.ToString());
        foreach (Following watch in watches)
        {
            await watch.DisposeAsync();
        }
    }

    private static Task<ApiAnswer> GetAsync(KubernetesClient client, string name) => client.GetAsync(Routes, "ns", name, CancellationToken.None).SoonAsync();
}
