using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeAgent.Conformance.Tests.Traffic;
using NodeAgent.Conformance.World;

namespace NodeAgent.Conformance.Tests.Suite;

/// <summary>Runs tests as the suite does: applies, awaits statuses, sends requests, goes on to the next step, cleans up.</summary>
internal sealed class CaseRunner(ConformanceWorld world)
{
    /// <summary>By the data plane feature that a case wants absent, the feature of the suite that tells of it.</summary>
    private static readonly Dictionary<string, string> SuiteFeatureOf = new(StringComparer.Ordinal) { ["TlsTerminate"] = "TLSRouteModeTerminate" };

    /// <summary>What the GatewayClass says that it supports.</summary>
    public IReadOnlyList<string> SupportedFeatures =>
        [.. Expectation.Items(world.Cluster.Now.Status($"GatewayClass {SuiteNames.ClassName}")?["supportedFeatures"]).Select(f => (string)f["name"]!)];

    /// <param name="patience">How long each step may take to come about; failing is what costs.</param>
    public async Task<SuiteResult> RunAsync(SuiteTest test, TimeSpan patience, CancellationToken cancel)
    {
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<string> supported = SupportedFeatures;
        string[] missing = [.. test.Features.Except(supported)];
        bool meant = test.Case.Lacks is not string lacks || !supported.Contains(SuiteFeatureOf[lacks]);
        IReadOnlyList<string> faults = missing.Length == 0 && meant ? await FaultsAsync(test, patience, cancel) : [];
        return new SuiteResult(test, faults, missing, Stopwatch.GetElapsedTime(began));
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(SuiteTest test, TimeSpan patience, CancellationToken cancel)
    {
        List<string> keys = [];
        List<string> faults = [];
        try
        {
            IEnumerable<JsonNode> manifests = test.Manifests.SelectMany(stem => UpstreamManifests.Test(test.Release, stem)).Select(Filled);
            keys.AddRange(await world.ApplyAsync(manifests, cancel));
            int number = 0;
            foreach (CaseStep step in test.Case.AllSteps)
            {
                await DoAsync(step, keys, cancel);
                IReadOnlyList<string> wrong = await world.Cluster.FaultsAsync(view => StatusFaults(step, keys, view), patience, cancel);
                if (wrong.Count == 0)
                {
                    wrong = await LiveRequests.CheckAsync(step, world.AsSeen(patience), cancel);
                }

                string at = number++ == 0 ? "" : $"step {number - 1}: ";
                faults.AddRange(wrong.Select(f => at + f));
                if (faults.Count > 0)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever went wrong is this test's alone: the others go on.
            faults.Add(e.ToString());
        }

        try
        {
            faults.AddRange(await world.DeleteAsync(keys, cancel));
        }
        catch (Exception e) when (e is ClusterApiException or HttpRequestException)
        {
            faults.Add(e.ToString());
        }

        return faults;
    }

    private async Task DoAsync(CaseStep step, List<string> keys, CancellationToken cancel)
    {
        if (step.Apply is not null)
        {
            await NextSecondAsync(cancel);
            keys.AddRange(await world.ApplyAsync(step.Apply.Select(Filled), cancel));
        }

        foreach ((string subject, JsonObject patch) in step.Patch ?? [])
        {
            (SuiteKind kind, string? ns, string name) = ConformanceWorld.Split(SuiteNames.KeyOf(subject));
            await world.Api.PatchAsync(kind, ns, name, Filled(patch).AsObject(), null, cancel);
        }

        foreach (string subject in step.Delete ?? [])
        {
            string key = SuiteNames.KeyOf(subject);
            (SuiteKind kind, string? ns, string name) = ConformanceWorld.Split(key);
            await world.Api.DeleteAsync(kind, ns, name, cancel);
            keys.Remove(key);
        }
    }

    /// <summary>Creation times are in seconds, and what a step makes is younger than what the steps before it made.</summary>
    private static async Task NextSecondAsync(CancellationToken cancel)
    {
        DateTime start = DateTime.UtcNow;

        // Timers and the clock do not agree to the millisecond.
        while (DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond == start.Ticks / TimeSpan.TicksPerSecond)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1000 - DateTime.UtcNow.Millisecond), cancel);
        }
    }

    private IEnumerable<string> StatusFaults(CaseStep step, IReadOnlyList<string> keys, ClusterView view) =>
    [
        .. Workloads.Unready(view.Only(keys)),
        .. (step.Accepted ?? []).SelectMany(route => Expectation.CheckAccepted(route, view)),
        .. (step.Expect ?? []).SelectMany(line => Expectation.Check(Filled(line), view)),
        .. (step.Infrastructure ?? []).SelectMany(i => i.Check(view)),
        .. BaseRules.Check(view.Only(keys)),
    ];

    /// <summary>A copy with its placeholders filled in, the usable address among them.</summary>
    private JsonNode Filled(JsonNode node)
    {
        ClusterView view = world.Cluster.Now;
        return CasePlaceholders.Fill(
            JsonNode.Parse(Filled(node.ToJsonString()))!,
            authority => (string)view.Find(SuiteNames.Key("ConfigMap", null, authority))!["data"]!["ca.crt"]!,
            service => view.Of("Pod")
                .Where(p => (string?)p["metadata"]!["namespace"] == SuiteNames.DefaultNamespace
                    && ((string)p["metadata"]!["name"]!).StartsWith(service + "-", StringComparison.Ordinal))
                .Select(p => (string?)p["status"]?["podIP"])
                .OfType<string>());
    }

    private string Filled(string text) =>
        text.Replace(UpstreamManifests.UsableAddress, world.Network.UsableAddress.ToString(), StringComparison.Ordinal);
}
