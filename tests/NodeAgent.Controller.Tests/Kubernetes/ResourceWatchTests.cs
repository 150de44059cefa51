using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class ResourceWatchTests
{
    [Fact]
    public async Task PagesAreReadToTheEndAndTheWatchBeginsWhereTheListStood()
    {
        await using ScriptedServer server = await StartAsync(context => Query(context, "continue") switch
        {
            _ when IsWatch(context) => StayAsync(context),
            "" => SendAsync(context, Page(7, "next", "a", "b")),
            "next" => SendAsync(context, Page(7, "", "c")),
            _ => throw new InvalidOperationException(),
        });
        await using KubernetesClient client = server.Client();
        await using (Following following = Following.Of(client, new WatchScope("shop", "metadata.name!=x", "app=web")))
        {
            await following.Handler.UntilToldAsync("listed all");
            await UntilAsync(() => server.Requests.Count == 3);
            Assert.Equal(["list", "listed a", "listed b", "listed c", "listed all"], following.Handler.Lines);
        }

        Assert.All(server.Requests, request => Assert.StartsWith("/api/v1/namespaces/shop/configmaps?fieldSelector=metadata.name%21%3Dx&labelSelector=app%3Dweb&", request, StringComparison.Ordinal));
        Assert.Contains("allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEventIsToldWithItsLastByteAlthoughItsLineHasNotEnded()
    {
        var goOn = new TaskCompletionSource();
        await using ScriptedServer server = await StartAsync(async context =>
        {
            if (!IsWatch(context))
            {
                await SendAsync(context, Page(1, ""));
                return;
            }

            string two = Event("ADDED", "a", 2) + "\n" + Event("MODIFIED", "a", 3);
            await SendPartAsync(context, two[..^9]);
            await goOn.Task;
            await SendPartAsync(context, two[^9..]);
            await StayAsync(context);
        });
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client);
        await following.Handler.UntilToldAsync("changed a");
        Assert.Equal("2", following.Handler.Objects["/a"]);
        goOn.SetResult();
        await following.Handler.UntilAsync(handler => handler.Objects["/a"] == "3");
    }

    [Fact]
    public async Task ADroppedWatchResumesFromTheLastEventOrBookmarkWithoutAListAndWithoutTrouble()
    {
        int watches = 0;
        var handler = new RecordingHandler();
        await using ScriptedServer server = await StartAsync(async context =>
        {
            if (!IsWatch(context))
            {
                await SendAsync(context, Page(1, ""));
                return;
            }

            switch (Interlocked.Increment(ref watches))
            {
                case 1:
                    await SendPartAsync(context, Event("ADDED", "a", 5) + "\n" + Event("ADDED", "b", 6)[..^4]);
                    await handler.UntilToldAsync("changed a");
                    context.Abort();
                    break;
                case 2:
                    await SendPartAsync(context, Event("ADDED", "b", 6) + "\n" + """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"90"}}}""" + "\n");
                    break;
                default:
                    await StayAsync(context);
                    break;
            }
        });
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client, handler: handler);
        await UntilAsync(() => Volatile.Read(ref watches) == 3);
        Assert.Equal(["list", "listed all", "changed a", "changed b"], following.Handler.Lines);
        Assert.Equal(["1", "5", "90"], server.Requests.Where(r => r.Contains("watch=true", StringComparison.Ordinal)).Select(VersionAsked));
        Assert.Equal(2, client.Metrics.WatchRestarts.Single().Value);
        Assert.Empty(client.Metrics.Relists);
    }

    [Theory]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""")]
    [InlineData("""{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError","message":"etcd"}}""")]
    [InlineData("""<html>not an API server</html>""")]
    [InlineData("""{"type":"SURPRISE","object":{"metadata":{"name":"x","resourceVersion":"9"}}}""")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""[1,2]""")]
    public async Task AWatchThatCannotBeGoneOnWithIsFollowedByAList(string garbage)
    {
        int lists = 0;
        await using ScriptedServer server = await StartAsync(async context =>
        {
            if (!IsWatch(context))
            {
                await SendAsync(context, Interlocked.Increment(ref lists) == 1 ? Page(1, "", "old") : Page(9, "", "new"));
                return;
            }

            await SendPartAsync(context, lists == 1 ? garbage : "");
            await StayAsync(context);
        });
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client);
        await following.Handler.UntilAsync(handler => handler.Objects.ContainsKey("/new") && handler.Lines[^1] == "listed all");
        Assert.Equal(["/new"], following.Handler.Objects.Keys);
        Assert.Equal(1, client.Metrics.Relists.Single().Value);
    }

    [Fact]
    public async Task APageThatExpiredStartsTheListOverAndIsNoTrouble()
    {
        int pages = 0;
        await using ScriptedServer server = await StartAsync(context =>
            IsWatch(context) ? StayAsync(context)
            : Query(context, "continue").Length == 0 ? SendAsync(context, Page(1, "next", "a"))
            : Interlocked.Increment(ref pages) == 1 ? SendAsync(context, Status(410, "Expired", "the provided continue parameter is too old"), 410)
            : SendAsync(context, Page(1, "", "b")));
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client);
        await following.Handler.UntilToldAsync("listed all");
        Assert.Equal(["list", "listed a", "list failed", "list", "listed a", "listed b", "listed all"], following.Handler.Lines);
    }

    [Fact]
    public async Task AListThatBreaksOffKeepsWhatIsKnownAndIsToldOnce()
    {
        int lists = 0;
        var handler = new RecordingHandler();
        await using ScriptedServer server = await StartAsync(async context =>
        {
            if (IsWatch(context))
            {
                await StayAsync(context);
            }
            else if (Interlocked.Increment(ref lists) is int count && count <= 3)
            {
                await SendPartAsync(context, Page(1, "", "a", "b")[..^30]);
                await handler.UntilAsync(told => told.Lines.Count(line => line == "listed a") == count);
                context.Abort();
            }
            else
            {
                await SendAsync(context, Page(1, "", "a", "b"));
            }
        });
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client, handler: handler);
        await following.Handler.UntilToldAsync("no trouble");
        string[] lines = following.Handler.Lines;
        Assert.Equal(3, lines.Count(line => line == "list failed"));
        Assert.Single(lines, "trouble configmaps: list in all namespaces fails: the connection broke in the middle of the list");
        Assert.Equal(["listed all", "no trouble"], lines[^2..]);
    }

    [Fact]
    public async Task AMissingPermissionIsToldWithTheRuleToGrant()
    {
        int refused = 0;
        await using ScriptedServer server = await StartAsync(context =>
            IsWatch(context) ? StayAsync(context)
            : Interlocked.Increment(ref refused) <= 3 ? SendAsync(context, Status(403, "Forbidden", "configmaps is forbidden: User \"x\" cannot list"), 403)
            : SendAsync(context, Page(1, "")));
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client, new WatchScope("shop"));
        await following.Handler.UntilToldAsync("no trouble");
        Assert.Equal(
            [
                "trouble configmaps: not allowed to list in namespace shop, grant verb list on resource configmaps of API group \"\" "
                + "(configmaps is forbidden: User \"x\" cannot list)",
                "list", "listed all", "no trouble",
            ],
            following.Handler.Lines);
    }

    [Fact]
    public async Task AResourceIsNotServedOnlyWhenTheServerSaysSoTwice()
    {
        int lists = 0;
        await using ScriptedServer server = await StartAsync(context => Interlocked.Increment(ref lists) switch
        {
            1 or 3 or 4 => SendAsync(context, "404 page not found", 404),
            2 => SendAsync(context, Page(1, "", "a")),
            _ => StayAsync(context),
        });
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client);
        await following.Handler.UntilToldAsync("not served");
        Assert.Equal(["list", "listed a", "listed all", "not served"], following.Handler.Lines);
    }

    [Fact]
    public async Task AVersionThatAServerDoesNotReachIsFollowedByAList()
    {
        int lists = 0;
        await using ScriptedServer server = await StartAsync(context =>
            !IsWatch(context) ? SendAsync(context, Page(Interlocked.Increment(ref lists) == 1 ? 1000 : 2, ""))
            : lists == 1 ? SendAsync(context, Status(504, "Timeout", "Too large resource version: 1000, current: 2"), 504)
            : StayAsync(context));
        await using KubernetesClient client = server.Client();
        await using Following following = Following.Of(client);
        await following.Handler.UntilToldAsync("no trouble");
        await UntilAsync(() => server.Requests.Count == 4);
        Assert.Equal("2", VersionAsked(server.Requests.Last()));
    }

    [Fact]
    public async Task AWatchThatIsSilentBeyondItsTimeIsLeftForANewOne()
    {
        await using ScriptedServer server = await StartAsync(context => IsWatch(context) ? StayAsync(context) : SendAsync(context, Page(4, "")));
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(time: time);
        await using Following following = Following.Of(client);
        await following.Handler.UntilToldAsync("listed all");
        await UntilAsync(() => time.Next > TimeSpan.FromMinutes(5));
        time.Advance(TimeSpan.FromMinutes(11));
        await UntilAsync(() => server.Requests.Count >= 3);
        Assert.Equal("4", VersionAsked(server.Requests.ElementAt(2)));
        Assert.DoesNotContain(following.Handler.Lines, line => line.StartsWith("trouble", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PausesGrowWhileAServerFailsAndTheTroubleIsToldOnce()
    {
        await using ScriptedServer server = await StartAsync(context => SendAsync(context, Status(500, "InternalError", "no etcd"), 500));
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(new KubernetesClientSettings(), time);
        await using Following following = Following.Of(client);
        var pauses = new List<TimeSpan>();
        for (int request = 1; request <= 12; request++)
        {
            await UntilAsync(() => server.Requests.Count >= request);
            long start = time.GetTimestamp();
            await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(500), () => server.Requests.Count > request);
            pauses.Add(time.GetElapsedTime(start));
        }

        Assert.InRange(pauses[0], TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(10));
        Assert.True(pauses[^1] >= TimeSpan.FromSeconds(15), $"the last pause was {pauses[^1]}");
        Assert.Equal(["trouble configmaps: list in all namespaces fails: no etcd"], following.Handler.Lines);
    }

    internal static bool IsWatch(HttpContext context) => context.Request.Query.ContainsKey("watch");

    internal static string Query(HttpContext context, string name) => context.Request.Query[name].ToString();

    internal static string Page(long version, string next, params string[] names) =>
        $$$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"},"items":[{{{string.Join(", ", names.Select(n => Object(n, 1)))}}}]}""";

    internal static string Event(string type, string name, long version) => $$"""{"type":"{{type}}","object":{{Object(name, version)}}}""";

    internal static string Status(int code, string reason, string message) =>
        new System.Text.Json.Nodes.JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["code"] = code, ["reason"] = reason, ["message"] = message }.ToJsonString();

    internal static async Task UntilAsync(Func<bool> wanted)
    {
        for (long start = Environment.TickCount64; !wanted(); await Task.Delay(5))
        {
            Assert.True(Environment.TickCount64 - start < Patience.Time.TotalMilliseconds, "never came to be");
        }
    }

    /// <summary>Lets fake time pass in steps, with real time for what runs in between.</summary>
    internal static async Task AdvanceUntilAsync(FakeTime time, TimeSpan step, Func<bool> wanted)
    {
        for (long start = Environment.TickCount64; !wanted(); await Task.Delay(2))
        {
            Assert.True(Environment.TickCount64 - start < Patience.Time.TotalMilliseconds, "never came to be");
            time.Advance(step);
        }
    }

    private static string Object(string name, long version) =>
        $$$"""{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}","labels":{"brace":"}{"}},"data":{"items":"[{]","é":"ü"}}""";

    private static string VersionAsked(string request) => request.Split("resourceVersion=")[1].Split('&')[0];
}
