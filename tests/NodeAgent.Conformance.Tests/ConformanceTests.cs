using NodeAgent.Conformance.Tests.Suite;
using NodeAgent.Conformance.World;
using Xunit.Abstractions;

namespace NodeAgent.Conformance.Tests;

/// <summary>
/// The Gateway API's conformance suite against the real executable: every test of the release and those of the next one.
/// pending.txt names what cannot pass yet.
/// </summary>
[Collection(SuiteCollection.Name)]
public sealed class ConformanceTests(SuiteRun suite, ITestOutputHelper output)
{
    public static TheoryData<string> Tests => [.. SuiteTest.All.Values.Where(t => t.Release == UpstreamManifests.Release).Select(t => t.Name)];

    public static TheoryData<string> NextTests => [.. SuiteTest.All.Values.Where(t => t.Release == UpstreamManifests.NextRelease).Select(t => t.Name)];

    [WorldTheory]
    [MemberData(nameof(Tests))]
    public Task The_gateway_passes(string name) => PassesAsync(name);

    [WorldTheory]
    [MemberData(nameof(NextTests))]
    public Task The_gateway_passes_what_the_next_release_tests(string name) => PassesAsync(name);

    [WorldFact]
    public void The_base_Gateways_are_ready_but_those_that_are_pending()
    {
        ClusterView now = suite.World.Cluster.Now;
        foreach (string key in suite.World.BaseKeys.Where(k => k.StartsWith("Gateway ", StringComparison.Ordinal)))
        {
            string[] faults = [.. BaseRules.Check(now.Only([key]))];
            Assert.True(
                faults.Length == 0 != PendingTests.Contains(key),
                faults.Length == 0 ? $"{key} gets ready: take it off pending.txt" : string.Join('\n', faults));
        }
    }

    [WorldFact]
    public void Pods_run_as_their_Deployments_want() =>
        Assert.Empty(Workloads.Unready(suite.World.Cluster.Now).Append(suite.World.Workloads.Failure?.ToString()).OfType<string>());

    private async Task PassesAsync(string name)
    {
        SuiteResult result = await suite.ResultAsync(name);
        output.WriteLine($"took {result.Took.TotalMilliseconds:F0} ms");
        string faults = string.Join('\n', [.. result.Missing.Select(f => $"feature {f} is not in supportedFeatures"), .. result.Faults]);
        if (PendingTests.Contains(name))
        {
            output.WriteLine(faults);
            Assert.False(result.Passed, $"{name} passes: take it off pending.txt");
        }
        else
        {
            Assert.True(result.Passed, $"{faults}\n--- nodeagent:\n{string.Join('\n', suite.World.Agent.Errors.TakeLast(20))}");
        }
    }
}
