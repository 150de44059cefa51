using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Whatever happens on the way, in the end a watch has told what the server has.</summary>
public sealed class MirrorTests
{
    [Fact]
    public async Task AfterRandomWritesAndFaultsTheMirrorIsTheServer()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { WatchHistory = 30, BookmarkInterval = TimeSpan.FromMilliseconds(50) });
        Prop.ForAll(Gen.Choose(0, 11).ArrayOf(40).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (steps, seed) => RunAsync(server, steps, seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task AServerThatDiesAndReturnsAgainAndAgainLosesNothing()
    {
        await using TestApiServer server = await TestApiServer.StartAsync();
        using var folder = new TempFolder();
        await using KubernetesClient client = Client(server, folder);
        await using Following following = Following.Of(client);
        for (int i = 0; i < 10; i++)
        {
            await server.ApplyAsync(ConfigMap($"m{i}", i));
            await server.StopAsync();
            await server.ApplyAsync(ConfigMap($"n{i}", i));
            await server.RestartAsync();
            await following.Handler.UntilAsync(handler => handler.Objects.ContainsKey($"default/n{i}"));
        }

        Assert.Equal(Truth(server), following.Handler.Objects);
        Assert.DoesNotContain(following.Handler.Lines, line => line.StartsWith("removed", StringComparison.Ordinal));
        Assert.Single(following.Handler.Lines, "list");
    }

    private static async Task<bool> RunAsync(TestApiServer server, int[] steps, int seed)
    {
        using var folder = new TempFolder();
        await using KubernetesClient client = Client(server, folder);
        await using Following following = Following.Of(client);
        var random = new Random(seed);
        foreach (int step in steps)
        {
            await StepAsync(server, step, random);
        }

        server.Faults.Clear();
        JsonObject last = await server.ApplyAsync(ConfigMap("last", seed));
        string version = last["metadata"]!["resourceVersion"]!.ToString();
        await following.Handler.UntilAsync(handler => handler.Objects.GetValueOrDefault("default/last") == version && handler.Lines[^1] is "changed last" or "listed all" or "no trouble");
        Assert.Equal(Truth(server), following.Handler.Objects);
        return true;
    }

    private static async Task StepAsync(TestApiServer server, int step, Random random)
    {
        string name = $"m{random.Next(12)}";
        bool IsWatch(NodeAgent.TestCluster.ApiRequest request) => request.Verb == "watch";
        switch (step)
        {
            case <= 4:
                await server.ApplyAsync(ConfigMap(name, random.Next()));
                break;
            case <= 6:
                await server.DeleteAsync("", "configmaps", "default", name);
                break;
            case 7:
                server.Faults.BreakWatches();
                break;
            case 8:
                server.Faults.Answer(random.Next(2) == 0 ? 500 : 410, random.Next(1, 3), IsWatch);
                break;
            case 9:
                server.Faults.ExpireHistory();
                break;
            case 10:
                server.Faults.DropBefore(1);
                break;
            default:
                await server.RestartAsync();
                break;
        }

        await Task.Delay(random.Next(4));
    }

    private static KubernetesClient Client(TestApiServer server, TempFolder folder)
    {
        server.WriteKubeconfig(folder["config"]);
        AccessResult access = ClusterAccess.FromKubeconfig(folder["config"]);
        Assert.Equal("", access.Problem);
        return new KubernetesClient(access.Access!, new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(2), MaxBackoff = TimeSpan.FromMilliseconds(100), PageSize = 5 });
    }

    private static JsonObject ConfigMap(string name, int value) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["data"] = new JsonObject { ["value"] = value.ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };

    private static SortedDictionary<string, string> Truth(TestApiServer server) => new(
        server.List("", "configmaps").Select(item => item["metadata"]!).ToDictionary(meta => $"{meta["namespace"]}/{meta["name"]}", meta => meta["resourceVersion"]!.ToString()),
        StringComparer.Ordinal);
}
