namespace NodeAgent.Conformance.Tests.Suite;

/// <summary>A test of the suite, with all that running it takes.</summary>
/// <param name="Release">The folder of its manifests.</param>
/// <param name="Features">What the GatewayClass must support; empty for the tests of the next release.</param>
internal sealed record SuiteTest(
    string Name, ConformanceCase Case, string Release, string[] Manifests, string[] Features, bool Parallel, bool Provisional)
{
    public static IReadOnlyDictionary<string, SuiteTest> All { get; } = ConformanceCase.Index
        .Select(e => new SuiteTest(
            e.Key, ConformanceCase.All[e.Key], UpstreamManifests.Release, e.Value.Manifests, e.Value.Features, e.Value.Parallel, e.Value.Provisional))
        .Concat(ConformanceCase.NextRelease.Select(c => new SuiteTest(
            c.Key, c.Value, UpstreamManifests.NextRelease, c.Value.Manifests!, [], Parallel: false, Provisional: false)))
        .ToDictionary(t => t.Name, StringComparer.Ordinal);
}

/// <param name="Faults">Empty: it passed.</param>
/// <param name="Missing">Features that it needs and the GatewayClass does not support: the suite would not run it.</param>
internal sealed record SuiteResult(SuiteTest Test, IReadOnlyList<string> Faults, IReadOnlyList<string> Missing, TimeSpan Took)
{
    public bool Passed => Faults.Count == 0 && Missing.Count == 0;
}
