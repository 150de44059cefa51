using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Whatever happens on the way, and however many are wanted by turns, in the end there is of them what the server has.</summary>
public sealed class WantedMirrorTests
{
    private const int All = 45;

    [Fact]
    public async Task After_random_writes_wishes_and_faults_what_is_wanted_is_as_the_server_has_it()
    {
        bool[] refusing = [false];
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions
        {
            WatchHistory = 60,
            BookmarkInterval = TimeSpan.FromMilliseconds(50),
            Authorize = r => !Volatile.Read(ref refusing[0]) || r.Resource != "secrets" || r.UserAgent.StartsWith("test", StringComparison.Ordinal) || r.Query.Contains("metadata.name", StringComparison.Ordinal),
        });
        Prop.ForAll(
                Gen.Choose(0, 13).ArrayOf(60).ToArbitrary(),
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                (steps, seed) => RunAsync(server, steps, seed, refusing).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10));
    }

    private static async Task<bool> RunAsync(TestApiServer server, int[] steps, int seed, bool[] refusing)
    {
        using var folder = new TempFolder();
        server.WriteKubeconfig(folder["config"]);
        await using var client = new KubernetesClient(
            ClusterAccess.FromKubeconfig(folder["config"]).Access!,
            new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(2), MaxBackoff = TimeSpan.FromMilliseconds(100), PageSize = 5 });
        await using var discovery = new ApiDiscovery(client);
        var store = new ClusterStore();
        var log = new RecordingLog();
        await using var wanted = new WantedObjects(store, new ClusterWatches(client, discovery, log), [], () => { }, log, TimeProvider.System);
        var random = new Random(seed);
        ImmutableArray<WantedObject> wishes = [];
        foreach (int step in steps)
        {
            wishes = step <= 2 ? Wish(random, random.Next(1, 14)) : step <= 4 ? Wish(random, random.Next(33, All)) : wishes;
            if (step > 4)
            {
                await StepAsync(server, step, random, refusing);
            }

            wanted.Look();
            wanted.Follow(wishes);
            await Task.Delay(random.Next(6));
        }

        server.Faults.Clear();
        Volatile.Write(ref refusing[0], false);
        try
        {
            await UntilAsync(() =>
            {
                wanted.Look();
                return wanted.Follow(wishes) && Have(store).SequenceEqual(Truth(server, wishes));
            });
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Equal(Truth(server, wishes), Have(store));
            Assert.Fail($"translations are held back: {string.Join(", ", wanted.Counts)}");
        }

        Assert.Empty(log.Lines);
        return true;
    }

    private static ImmutableArray<WantedObject> Wish(Random random, int count) =>
        [.. Enumerable.Range(0, All).OrderBy(_ => random.Next()).Take(count).Select(i => new WantedObject("Secret", "default", Name(i)))];

    private static async Task StepAsync(TestApiServer server, int step, Random random, bool[] refusing)
    {
        string name = Name(random.Next(All));
        switch (step)
        {
            case <= 8:
                await server.ApplyAsync(Secret(name, random.Next()));
                break;
            case 9:
                await server.DeleteAsync("", "secrets", "default", name);
                break;
            case 10:
                server.Faults.BreakWatches();
                break;
            case 11:
                server.Faults.Answer(random.Next(2) == 0 ? 500 : 410, random.Next(1, 4), r => r.Resource == "secrets");
                break;
            case 12:
                server.Faults.ExpireHistory();
                break;
            default:
                Volatile.Write(ref refusing[0], random.Next(2) == 0);
                server.Faults.BreakWatches();
                break;
        }
    }

    private static string Name(int i) => $"s{i.ToString(CultureInfo.InvariantCulture)}";

    private static JsonObject Secret(string name, int value) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["stringData"] = new JsonObject { ["value"] = value.ToString(CultureInfo.InvariantCulture) },
    };

    private static IEnumerable<string> Have(ClusterStore store) => store.Objects.OfType<Secret>()
        .Select(s => $"{s.Meta.Name} {Encoding.UTF8.GetString(s.Data["value"].AsSpan())}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Truth(TestApiServer server, ImmutableArray<WantedObject> wishes)
    {
        var names = wishes.Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        return server.List("", "secrets").Where(s => names.Contains(s["metadata"]!["name"]!.ToString()))
            .Select(s => $"{s["metadata"]!["name"]} {Encoding.UTF8.GetString(Convert.FromBase64String(s["data"]!["value"]!.ToString()))}").Order(StringComparer.Ordinal);
    }
}
