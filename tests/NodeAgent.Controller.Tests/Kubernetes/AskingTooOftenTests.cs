using System.Globalization;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Servers whose answers would make a client ask again at once, for ever.</summary>
public sealed class AskingTooOftenTests
{
    [Fact]
    public async Task AHistoryThatIsAlwaysGoneMakesPausesBetweenLists()
    {
        int lists = 0;
        await using ScriptedServer server = await StartAsync(context =>
        {
            if (IsWatch(context))
            {
                return SendAsync(context, Status(410, "Expired", "too old resource version"), 410);
            }

            Interlocked.Increment(ref lists);
            return SendAsync(context, Page(1, "", "a"));
        });
        var time = new FakeTime();
        await using KubernetesClient client = server.Client(new KubernetesClientSettings(), time);
        await using Following following = Following.Of(client);

        await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(5), () => Volatile.Read(ref lists) >= 5);

        Assert.True(time.GetElapsedTime(0) >= TimeSpan.FromSeconds(1.4), $"5 lists within {time.GetElapsedTime(0)}");
        Assert.DoesNotContain(following.Handler.Lines, line => line.StartsWith("trouble", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AServerThatWantsToBeAskedAtOnceIsAskedAfterAPause(bool date)
    {
        var time = new FakeTime { WallOffset = TimeSpan.FromHours(1) };
        await using ScriptedServer server = await StartAsync(context =>
        {
            // To a clock that has jumped ahead, every date lies in the past.
            context.Response.Headers.RetryAfter = date ? new DateTime(2026, 1, 1, 0, 0, 5, DateTimeKind.Utc).ToString("R", CultureInfo.InvariantCulture) : "0";
            return SendAsync(context, Status(429, "TooManyRequests", "later"), 429);
        });
        await using KubernetesClient client = server.Client(new KubernetesClientSettings(), time);
        Task<ApiAnswer> asked = client.GetDocumentAsync("/version", CancellationToken.None);

        await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(5), () => server.Requests.Count >= 5);

        Assert.True(time.GetElapsedTime(0) >= TimeSpan.FromSeconds(1.4), $"5 requests within {time.GetElapsedTime(0)}");
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => asked.IsCompleted);
        Assert.True((await asked).Transient);
    }

    [Fact]
    public async Task WhoeverGivesUpWaitingForHisTurnLeavesItToOthers()
    {
        var time = new FakeTime();
        var bucket = new TokenBucket(perSecond: 10, burst: 1, time);
        using var stop = new CancellationTokenSource();
        await bucket.TakeAsync(CancellationToken.None);
        Task<TimeSpan>[] waiting = [.. Enumerable.Range(0, 100).Select(_ => bucket.TakeAsync(stop.Token).AsTask())];

        await stop.CancelAsync();
        await ((Task)Task.WhenAll(waiting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Task<TimeSpan> next = bucket.TakeAsync(CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal(0.1, (await next.SoonAsync()).TotalSeconds, 3);
    }

    [Fact]
    public async Task AnAnswerWithoutEndIsNoAnswer()
    {
        await using ScriptedServer server = await StartAsync(async context =>
        {
            await SendPartAsync(context, """{"a":" """);
            string part = new('x', 64 * 1024);
            for (int i = 0; i < 80 * 16 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await SendPartAsync(context, part);
            }

            await SendPartAsync(context, "\"}");
        });
        await using KubernetesClient client = server.Client();

        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();

        Assert.Equal(0, answer.Status);
        Assert.Null(answer.Body);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task AnAnswerThatSaysAFieldTwiceIsAValue(int status)
    {
        await using ScriptedServer server = await StartAsync(context => SendAsync(context, """{"reason":"a","reason":"b","message":"c","message":"d"}""", status));
        await using KubernetesClient client = server.Client();

        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();

        Assert.True(answer.Status == (status == 200 ? 0 : 500) || answer.Body!["reason"]!.ToString() == "b", answer.ToString());
    }
}
