using System.Globalization;
using NodeAgent.Conformance.Tests.Suite;
using YamlDotNet.Serialization;

namespace NodeAgent.Conformance.Tests.Reporting;

/// <summary>
/// What a run comes to, in the format that implementations report to the Gateway API (gateway.networking.k8s.io/v1
/// ConformanceReport). A profile whose core features the GatewayClass does not all support is not claimed; of extended
/// tests count those whose features it supports.
/// </summary>
internal static class ConformanceReport
{
    /// <summary>out/conformance-report.yaml of the repository.</summary>
    public static string File { get; } = Path.Combine(Root(), "out", "conformance-report.yaml");

    public static async Task WriteAsync(IReadOnlyCollection<SuiteResult> results, IReadOnlyList<string> supported)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, Render(results, supported, DateTimeOffset.UtcNow));
    }

    public static string Render(IReadOnlyCollection<SuiteResult> results, IReadOnlyList<string> supported, DateTimeOffset date)
    {
        SuiteResult[] ofRelease = [.. results.Where(r => r.Test.Release == UpstreamManifests.Release).OrderBy(r => r.Test.Name, StringComparer.Ordinal)];
        SortedDictionary<string, object> report = new(StringComparer.Ordinal)
        {
            ["apiVersion"] = "gateway.networking.k8s.io/v1",
            ["kind"] = "ConformanceReport",
            ["date"] = date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["gatewayAPIChannel"] = "experimental",
            ["gatewayAPIVersion"] = "v1.6.1",
            ["implementation"] = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["contact"] = Array.Empty<string>(),
                ["organization"] = "nodeagent",
                ["project"] = "nodeagent",
                ["url"] = "",
                ["version"] = typeof(ConformanceReport).Assembly.GetName().Version!.ToString(3),
            },
            ["mode"] = "default",
            ["profiles"] = Profile.All.Where(p => p.Core.All(f => supported.Contains(f))).Select(p => Of(p, ofRelease, supported)).ToArray(),
            ["succeededProvisionalTests"] = Names(ofRelease.Where(r => r.Test.Provisional && r.Passed)),
        };
        return new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).Build().Serialize(report);
    }

    private static SortedDictionary<string, object> Of(Profile profile, SuiteResult[] results, IReadOnlyList<string> supported)
    {
        // What needs a feature that is not supported is not run, so it is neither failed nor skipped.
        SuiteResult[] tests = [.. results.Where(r => profile.Has(r.Test.Features) && r.Missing.Count == 0)];
        SuiteResult[] core = [.. tests.Where(r => profile.IsCore(r.Test.Features))];
        SuiteResult[] extended = [.. tests.Except(core)];
        SortedDictionary<string, object> extendedPart = Part(extended);
        extendedPart["supportedFeatures"] = profile.Extended.Where(supported.Contains).ToArray();
        extendedPart["unsupportedFeatures"] = profile.Extended.Where(f => !supported.Contains(f)).ToArray();
        return new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["name"] = profile.Name,
            ["core"] = Part(core),
            ["extended"] = extendedPart,
            ["summary"] = $"Core tests {Summary(core)}. Extended tests {Summary(extended)}.",
        };
    }

    private static SortedDictionary<string, object> Part(SuiteResult[] tests)
    {
        SuiteResult[] failed = [.. tests.Where(t => !t.Passed)];
        SortedDictionary<string, object> part = new(StringComparer.Ordinal)
        {
            ["result"] = failed.Length == 0 ? "success" : "failure",
            ["statistics"] = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["Failed"] = failed.Length,
                ["Passed"] = tests.Length - failed.Length,
                ["Skipped"] = 0,
            },
        };
        if (failed.Length > 0)
        {
            part["failedTests"] = Names(failed);
        }

        return part;
    }

    private static string Summary(SuiteResult[] tests) => tests.Count(t => !t.Passed) switch
    {
        0 => "succeeded",
        int failed => $"failed with {failed} test failures",
    };

    private static string[] Names(IEnumerable<SuiteResult> results) => [.. results.Select(r => r.Test.Name)];

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "NodeAgent.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests run outside the repository");
        }

        return folder;
    }
}
