using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>Whatever several clients write, and whatever breaks meanwhile, a mirror ends as what the server has, and sees no step that cannot be.</summary>
public sealed class MirrorProperties
{
    private enum Step
    {
        Create,
        Change,
        Delete,
        BreakWatches,
        Expire,
        DropAfter,
        Refuse,
        Restart,
    }

    [Fact]
    public void A_mirror_ends_as_the_server()
    {
        Gen<(Step Step, int Name)> step = Gen.Frequency(
            (30, Gen.Constant(Step.Create)), (40, Gen.Constant(Step.Change)), (20, Gen.Constant(Step.Delete)), (3, Gen.Constant(Step.BreakWatches)),
            (2, Gen.Constant(Step.Expire)), (2, Gen.Constant(Step.DropAfter)), (2, Gen.Constant(Step.Refuse)), (1, Gen.Constant(Step.Restart)))
            .SelectMany(s => Gen.Choose(0, 9).Select(n => (s, n)));
        Gen<(Step Step, int Name)[][]> writers = step.ArrayOf(25).ArrayOf(3);
        Prop.ForAll(Arb.From(writers), all => RunAsync(all).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    private static async Task RunAsync((Step Step, int Name)[][] writers)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false, WatchHistory = 15, WatchBuffer = 8, BookmarkInterval = TimeSpan.FromMilliseconds(20) });
        using var done = new CancellationTokenSource();
        var mirror = new Mirror(server.Client, Api.ConfigMaps);
        Task mirroring = mirror.RunAsync(done.Token);
        using var restarting = new SemaphoreSlim(1);
        await Task.WhenAll(writers.Select(steps => Task.Run(async () =>
        {
            foreach ((Step step, int name) in steps)
            {
                await DoAsync(server, step, "m" + name, restarting);
            }
        })));
        server.Faults.Clear();
        Dictionary<string, string> wanted = server.List("", "ConfigMap", "default").ToDictionary(i => (string)i["metadata"]!["name"]!, i => (string)i["metadata"]!["resourceVersion"]!);
        await mirror.UntilAsync(wanted, patience.Token);
        await done.CancelAsync();
        await mirroring;
        Assert.Null(mirror.Broken);
        Assert.True(mirror.Lists > 0);
    }

    private static async Task DoAsync(TestApiServer server, Step step, string name, SemaphoreSlim restarting)
    {
        var api = new Api(server.Client);
        string path = $"{Api.ConfigMaps}/{name}";
        try
        {
            switch (step)
            {
                case Step.Create:
                    await api.PostAsync(Api.ConfigMaps, Api.ConfigMap(name));
                    break;
                case Step.Change:
                    await api.MergeAsync(path, new JsonObject { ["data"] = new JsonObject { ["x"] = Guid.NewGuid().ToString() } }.ToJsonString());
                    break;
                case Step.Delete:
                    await api.DeleteAsync(path);
                    break;
                case Step.BreakWatches:
                    server.Faults.BreakWatches();
                    break;
                case Step.Expire:
                    server.Faults.ExpireHistory();
                    break;
                case Step.DropAfter:
                    server.Faults.DropAfter(1, r => r.Verb is "patch" or "list");
                    break;
                case Step.Refuse:
                    server.Faults.Answer(503, 1, r => r.Verb is "watch" or "list");
                    break;
                case Step.Restart:
                    await restarting.WaitAsync();
                    await server.RestartAsync();
                    restarting.Release();
                    break;
            }
        }
        catch (HttpRequestException)
        {
            // The fault of another writer, or the restart: as in a cluster, the write may or may not have happened.
        }
    }
}
