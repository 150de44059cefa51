using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>Two managers that apply and one that updates, in any order: values and conflicts are those of a model in a few lines.</summary>
public sealed class OwnershipProperties
{
    private const string A = Api.ConfigMaps + "/a";

    private static readonly string[] Keys = ["p", "q", "r", "s"];

    [Fact]
    public async Task Values_and_conflicts_are_those_of_the_model()
    {
        await using TestApiServer server = await TestApiServer.StartAsync(new TestApiServerOptions { Https = false });
        Gen<Dictionary<string, string>> values = Gen.Choose(0, 2).ArrayOf(Keys.Length).Select(all =>
            Enumerable.Range(0, Keys.Length).Where(i => all[i] > 0).ToDictionary(i => Keys[i], i => $"v{all[i]}"));
        Gen<Step> step = values.SelectMany(v => Gen.Choose(0, 2).SelectMany(who => Gen.Choose(0, 2).Select(force => new Step(who, force == 0, v))));
        Prop.ForAll(Arb.From(step.ArrayOf(12)), steps => RunAsync(server, steps).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static async Task RunAsync(TestApiServer server, Step[] steps)
    {
        await server.DeleteAsync("", "ConfigMap", "default", "a");
        await server.ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "a" } });
        var api = new Api(server.Client);
        var model = new Model();
        foreach (Step step in steps)
        {
            (string Key, string Value)[] data = [.. step.Values.Select(v => (v.Key, v.Value))];
            bool taken;
            Answer answer;
            if (step.Who == 2)
            {
                // An update says of every key what it shall be, or that it shall not.
                var patch = new JsonObject();
                foreach (string key in Keys)
                {
                    patch[key] = step.Values.GetValueOrDefault(key);
                }

                taken = model.Update(step.Values);
                answer = await api.MergeAsync(A + "?fieldManager=three", new JsonObject { ["data"] = patch }.ToJsonString());
            }
            else
            {
                string manager = step.Who == 0 ? "one" : "two";
                taken = model.Apply(manager, step.Values, step.Force);
                answer = await api.ApplyAsync(A, manager, Api.ConfigMap("a", data), step.Force);
            }

            Assert.Equal(taken ? 200 : 409, answer.Code);
            var now = server.Get("", "ConfigMap", "default", "a")!["data"] as JsonObject ?? [];
            Assert.Equal(model.Values.OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}"), now.OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}"));
        }
    }

    /// <param name="Who">0 and 1 apply, 2 updates.</param>
    private sealed record Step(int Who, bool Force, Dictionary<string, string> Values)
    {
        public override string ToString() => $"{Who}{(Force ? "!" : "")} {string.Join(',', Values.Select(v => $"{v.Key}={v.Value}"))}";
    }

    private sealed class Model
    {
        private readonly Dictionary<string, HashSet<string>> owners = Keys.ToDictionary(k => k, _ => new HashSet<string>());

        public Dictionary<string, string> Values { get; } = [];

        public bool Apply(string manager, Dictionary<string, string> wanted, bool force)
        {
            string[] contested = [.. wanted.Where(w => Values.TryGetValue(w.Key, out string? value) && value != w.Value && owners[w.Key].Any(o => o != manager)).Select(w => w.Key)];
            if (contested.Length > 0 && !force)
            {
                return false;
            }

            foreach (string key in contested)
            {
                owners[key].Clear();
            }

            foreach (string key in Keys)
            {
                if (wanted.TryGetValue(key, out string? value))
                {
                    Values[key] = value;
                    owners[key].Add(manager);
                }
                else if (owners[key].Remove(manager) && owners[key].Count == 0)
                {
                    Values.Remove(key);
                }
            }

            return true;
        }

        public bool Update(Dictionary<string, string> wanted)
        {
            foreach (string key in Keys)
            {
                string? value = wanted.GetValueOrDefault(key);
                if (value is null)
                {
                    Values.Remove(key);
                    owners[key].Clear();
                }
                else if (Values.GetValueOrDefault(key) != value)
                {
                    Values[key] = value;
                    owners[key].Clear();
                    owners[key].Add("three");
                }
            }

            return true;
        }
    }
}
