using System.Text.Json.Nodes;
using NodeAgent.Conformance;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Tests.Conformance;

/// <summary>
/// The statuses that the Gateway API's conformance suite expects, test by test, of its own manifests. cases/*.yaml say
/// what; each case is checked after each of its steps, together with what holds in every test.
/// </summary>
public class ConformanceTests
{
    public static TheoryData<string> Tests => [.. ConformanceCase.Index.Keys];

    public static TheoryData<string> NextTests => [.. ConformanceCase.NextRelease.Keys];

    [Fact]
    public void Every_test_of_the_suite_has_a_case_and_every_case_is_a_test()
    {
        Assert.Equal(131, ConformanceCase.Index.Count);
        Assert.Equal(ConformanceCase.Index.Keys, ConformanceCase.All.Keys);
        Assert.All(ConformanceCase.All.Values, c => Assert.NotEmpty(c.AllSteps.SelectMany(Lines)));
    }

    [UpstreamTheory]
    [MemberData(nameof(Tests))]
    public void Our_statuses_are_those_that_the_suite_expects(string name)
    {
        IndexEntry entry = ConformanceCase.Index[name];
        ConformanceCase test = ConformanceCase.All[name];
        List<string> faults = Run(test, entry, UpstreamManifests.Release);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [UpstreamTheory]
    [MemberData(nameof(NextTests))]
    public void Our_statuses_are_those_that_the_next_release_of_the_suite_expects(string name)
    {
        ConformanceCase test = ConformanceCase.NextRelease[name];
        List<string> faults = Run(test, new IndexEntry(test.Manifests!, []), UpstreamManifests.NextRelease);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The suite starts these together: their Gateways live at once, each with an address of its own.</summary>
    [UpstreamFact]
    public void The_tests_that_run_in_parallel_do_not_disturb_one_another()
    {
        SuiteCluster cluster = SuiteCluster.WithBase();
        string[] names = [.. ConformanceCase.Index.Where(e => e.Value.Parallel).Select(e => e.Key)];
        foreach (string stem in names.SelectMany(n => ConformanceCase.Index[n].Manifests).Distinct())
        {
            cluster.Apply(UpstreamManifests.Test(UpstreamManifests.Release, stem));
        }

        SuiteOutcome outcome = cluster.Translate();
        // What one test's ReferenceGrant permits is permitted in all of them.
        IEnumerable<CaseStep> steps = names.Select(n => ConformanceCase.All[n])
            .Select(c => c with { Expect = c.Expect?.Where(line => !line.Contains("RefNotPermitted", StringComparison.Ordinal)).ToArray() });
        string[] faults = [.. outcome.BaseFaults(), .. steps.SelectMany(s => Faults(s, outcome))];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
        Assert.Equal(36, names.Length);
    }

    [UpstreamFact]
    public void Every_manifest_of_the_suite_is_part_of_a_test() => Assert.Equal(
        UpstreamManifests.TestStems(UpstreamManifests.Release),
        ConformanceCase.Index.Values.SelectMany(e => e.Manifests).Distinct().Order(StringComparer.Ordinal));

    [UpstreamFact]
    public void Every_manifest_of_the_next_release_is_part_of_a_test() => Assert.Equal(
        UpstreamManifests.TestStems(UpstreamManifests.NextRelease),
        ConformanceCase.NextRelease.Values.SelectMany(e => e.Manifests!).Distinct().Order(StringComparer.Ordinal));

    private static List<string> Run(ConformanceCase test, IndexEntry entry, string release)
    {
        SuiteCluster cluster = SuiteCluster.WithBase(test.Lacks is null ? DataPlaneFeatures.All : DataPlaneFeatures.All & ~Enum.Parse<DataPlaneFeatures>(test.Lacks));
        foreach (string stem in entry.Manifests)
        {
            cluster.Apply(UpstreamManifests.Test(release, stem));
        }

        var faults = new List<string>();
        int number = 0;
        foreach (CaseStep step in test.AllSteps)
        {
            Do(step, cluster);
            SuiteOutcome outcome = cluster.Translate();
            string at = number++ == 0 ? "" : $"step {number - 1}: ";
            bool everythingServed = test.Lacks is null;
            faults.AddRange(outcome.BaseFaults(everythingServed).Concat(Faults(step, outcome)).Concat(Afresh(outcome)).Select(f => at + f));
            if (everythingServed)
            {
                faults.AddRange(entry.Features.Except(Supported(outcome)).Select(f => $"{at}feature {f} is not in supportedFeatures"));
            }
        }

        return faults;
    }

    private static void Do(CaseStep step, SuiteCluster cluster)
    {
        if (step.Apply is not null)
        {
            cluster.Apply(step.Apply);
        }

        foreach ((string subject, JsonObject patch) in step.Patch ?? [])
        {
            cluster.Patch(SuiteNames.KeyOf(subject), patch);
        }

        foreach (string subject in step.Delete ?? [])
        {
            cluster.Delete(SuiteNames.KeyOf(subject));
        }
    }

    private static IEnumerable<string> Faults(CaseStep step, SuiteOutcome outcome) =>
    [
        .. (step.Accepted ?? []).SelectMany(route => Expectation.CheckAccepted(route, outcome)),
        .. (step.Expect ?? []).SelectMany(line => Expectation.Check(line, outcome)),
        .. ((string[])[.. step.Traffic ?? [], .. step.Resolves ?? []]).Select(line => TrafficExpectation.Check(line, outcome.Translation.Snapshot)).OfType<string>(),
    ];

    /// <summary>Step by step or all at once must come to the same.</summary>
    private static IEnumerable<string> Afresh(SuiteOutcome outcome)
    {
        Translation afresh = GatewayTranslator.Translate(outcome.State with { Addresses = Remembering(outcome) });
        if (afresh.Snapshot.Digest != outcome.Translation.Snapshot.Digest)
        {
            yield return "the snapshot depends on the steps that led to it";
        }

        for (int i = 0; i < afresh.Statuses.Length && i < outcome.Translation.Statuses.Length; i++)
        {
            if (!JsonNode.DeepEquals(afresh.Statuses[i].Status, outcome.Translation.Statuses[i].Status))
            {
                yield return $"the status of {afresh.Statuses[i].Kind} {afresh.Statuses[i].Name} depends on the steps that led to it";
            }
        }
    }

    private static AddressSpace Remembering(SuiteOutcome outcome) =>
        outcome.State.Addresses with { Remembered = outcome.Translation.Addresses };

    private static IEnumerable<string> Supported(SuiteOutcome outcome) =>
        Expectation.Items(outcome.Status($"GatewayClass {SuiteNames.ClassName}")?["supportedFeatures"]).Select(f => (string)f["name"]!);

    private static IEnumerable<string> Lines(CaseStep step) => [.. step.Accepted ?? [], .. step.Expect ?? [], .. step.Traffic ?? [], .. step.Resolves ?? []];
}
