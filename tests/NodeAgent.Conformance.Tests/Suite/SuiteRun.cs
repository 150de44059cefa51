using System.Collections.Concurrent;
using NodeAgent.Conformance.Tests.Reporting;
using NodeAgent.Conformance.World;

namespace NodeAgent.Conformance.Tests.Suite;

/// <summary>One run of the suite against one world. The tests that upstream runs beside each other are all run when the first is asked for.</summary>
public sealed class SuiteRun : IAsyncLifetime
{
    /// <summary>Per step, of tests that should pass; that of the suite itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Per step, when several tests have failed: more of them would only cost time.</summary>
    private static readonly TimeSpan PatienceAfterFailures = TimeSpan.FromSeconds(5);

    private const int FailuresThatEndPatience = 3;

    /// <summary>Per step, of pending tests: what they wait for does not come.</summary>
    private static readonly TimeSpan PendingPatience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, SuiteResult> _results = new(StringComparer.Ordinal);
    private ConformanceWorld? _world;
    private CaseRunner? _runner;
    private Task? _parallel;
    private int _failures;

    internal ConformanceWorld World => _world ?? throw new InvalidOperationException("there is no world here");

    public async Task InitializeAsync()
    {
        if (ConformanceWorld.Unavailable is null)
        {
            _world = await ConformanceWorld.StartAsync(
                new WorldOptions { Executable = Path.Combine(AppContext.BaseDirectory, "nodeagent"), Patience = Patience }, CancellationToken.None);
            _runner = new CaseRunner(_world);

            // The suite starts when the base Gateways are ready; those that cannot get ready yet are pending.
            await _world.Cluster.FaultsAsync(
                view => BaseRules.Check(view.Only(_world.BaseKeys.Where(k => !PendingTests.Contains(k)))), Patience, CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        if (_world is not null)
        {
            if (ConformanceCase.Index.Keys.All(_results.ContainsKey))
            {
                await ConformanceReport.WriteAsync([.. _results.Values], _runner!.SupportedFeatures);
            }

            await _world.DisposeAsync();
        }
    }

    internal async Task<SuiteResult> ResultAsync(string name)
    {
        SuiteTest test = SuiteTest.All[name];
        if (test.Parallel)
        {
            await (_parallel ??= Task.WhenAll(SuiteTest.All.Values.Where(t => t.Parallel).Select(RunAsync)));
        }
        else
        {
            await RunAsync(test);
        }

        return _results[name];
    }

    private async Task RunAsync(SuiteTest test)
    {
        bool pending = PendingTests.Contains(test.Name);
        TimeSpan patience = pending ? PendingPatience
            : Volatile.Read(ref _failures) >= FailuresThatEndPatience ? PatienceAfterFailures
            : Patience;
        SuiteResult result = await _runner!.RunAsync(test, patience, CancellationToken.None);
        _results[test.Name] = result;
        if (!pending && !result.Passed)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}

[CollectionDefinition(Name)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "xunit's term.")]
public sealed class SuiteCollection : ICollectionFixture<SuiteRun>
{
    public const string Name = "the suite";
}
