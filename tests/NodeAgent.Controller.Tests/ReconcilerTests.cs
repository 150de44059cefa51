using NodeAgent.Translator;

namespace NodeAgent.Controller.Tests;

public sealed class ReconcilerTests
{
    private static readonly BindFailure Taken = new("default/a", "http", "127.80.0.1:80 is held by another process");

    [Fact]
    public async Task It_serves_what_is_there_and_follows_edits()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        var sink = new RecordingSink();
        await using var running = new RunningReconciler(folder, sink);
        ReconcilerView first = await running.FirstAsync();
        Assert.Single(first.Objects);
        Assert.Equal(["backend/default/a/80"], Assert.Single(sink.Applied).Resources.Select(r => r.Id));

        folder.Write("b.yaml", Manifest.Service("b", 81));
        ReconcilerView second = await running.UntilAsync(view => view.Objects.Length == 2);

        Assert.Same(first.Objects[0], second.Objects[0]);
        Assert.Equal(second.Translation.Snapshot.Digest, sink.Applied[^1].Digest);
        Assert.True(second.Generation > first.Generation && second.AppliedAt >= first.AppliedAt);
    }

    [Fact]
    public async Task An_edit_that_changes_no_configuration_is_not_applied()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        var sink = new RecordingSink();
        await using var running = new RunningReconciler(folder, sink);
        await running.FirstAsync();

        folder.Write("b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n");
        await running.UntilAsync(view => view.Objects.Length == 2);

        Assert.Single(sink.Applied);
    }

    [Fact]
    public async Task A_problem_keeps_the_last_good_state_and_is_logged_once_and_once_when_mended()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        var sink = new RecordingSink();
        await using var running = new RunningReconciler(folder, sink);
        await running.FirstAsync();

        folder.Write("a.yaml", Manifest.Service("a", 0));
        ReconcilerView broken = await running.UntilAsync(view => !view.Problems.IsEmpty);
        folder.Write("a.yaml", "\n\n" + Manifest.Service("a", 0));
        await running.UntilAsync(view => view.Problems is [{ Line: 6 }]);
        folder.Write("a.yaml", Manifest.Service("a"));
        await running.UntilAsync(view => view.Problems.IsEmpty);

        const string Line = "Service default/a spec.ports[0].port: is the number 0, must be a whole number from 1 to 65535";
        Assert.Equal("a.yaml:4 " + Line, Assert.Single(broken.Problems).ToString());
        Assert.Single(broken.Objects);
        Assert.Equal(
            ["a.yaml:4 " + Line, "mended: a.yaml:6 " + Line],
            running.Log.Lines.Where(l => l.Contains("spec.ports", StringComparison.Ordinal)));
        Assert.Single(sink.Applied);
    }

    [Fact]
    public async Task A_kind_that_is_not_read_is_logged_once()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", "apiVersion: v1\nkind: Job\n");
        await using var running = new RunningReconciler(folder, new RecordingSink());
        await running.FirstAsync();

        folder.Write("b.yaml", "apiVersion: v1\nkind: Job\n---\n" + Manifest.Service("a"));
        await running.UntilAsync(view => view.Objects.Length == 1);

        Assert.Equal(["a.yaml:1 Job: v1 Job is not a kind we read, all of them are skipped"], running.Log.Lines.Where(l => l.Contains("Job", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_listener_that_cannot_be_bound_shows_in_its_status_and_is_tried_until_it_can()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Documents(Manifest.Service("a"), Manifest.Service("b")));
        var sink = new RecordingSink { Failures = [Taken] };
        await using var running = new RunningReconciler(folder, sink, bindRetry: TimeSpan.FromMilliseconds(20));

        ReconcilerView failed = await running.FirstAsync();
        Assert.Equal(Taken, Assert.Single(failed.BindFailures));
        Assert.Equal("False", (string?)RunningReconciler.ConditionOf(failed, "a")["status"]);
        Assert.Equal("True", (string?)RunningReconciler.ConditionOf(failed, "b")["status"]);

        sink.Failures = [];
        ReconcilerView bound = await running.UntilAsync(view => view.BindFailures.IsEmpty);

        Assert.Equal("True", (string?)RunningReconciler.ConditionOf(bound, "a")["status"]);
        Assert.Equal(failed.Generation + 1, bound.Generation);
        Assert.Equal(
            ["Gateway default/a listener http is not served: 127.80.0.1:80 is held by another process", "mended: Gateway default/a listener http"],
            running.Log.Lines.Where(l => l.Contains("listener", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_sink_that_throws_is_tried_again_and_the_loop_lives()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        var sink = new RecordingSink { Throws = new InvalidOperationException("no memory") };
        await using var running = new RunningReconciler(folder, sink, bindRetry: TimeSpan.FromMilliseconds(20));
        await sink.CalledAsync(times: 3);

        sink.Throws = null;
        await running.FirstAsync();

        Assert.Single(running.Log.Lines, l => l.Contains("cannot be applied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_throws_is_read_again_and_the_loop_lives()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        await using var running = new RunningReconciler(
            folder, new RecordingSink(), bindRetry: TimeSpan.FromMilliseconds(20), through: inner => new FailingSource(inner, times: 3));
        await running.FirstAsync();

        Assert.Single(running.Log.Lines, l => l.Contains("cannot be applied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_are_remembered_over_restarts_and_over_a_broken_manifest()
    {
        using var folder = new TempFolder();
        using var state = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a", 7));
        await using (var running = new RunningReconciler(folder, new RecordingSink(), state.Root))
        {
            Assert.Equal("127.80.0.7", (await running.FirstAsync()).Translation.Addresses["default/a"].V4);
        }

        folder.Write("a.yaml", "{");
        await using (var running = new RunningReconciler(folder, new RecordingSink(), state.Root))
        {
            Assert.Empty((await running.FirstAsync()).Objects);
            folder.Write("a.yaml", Manifest.Service("a", 8));
            ReconcilerView view = await running.UntilAsync(view => view.Objects.Length == 1);
            Assert.Equal("127.80.0.7", view.Translation.Addresses["default/a"].V4);
        }
    }

    [Fact]
    public async Task Transition_times_stay_while_a_condition_keeps_its_status()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Manifest.Service("a"));
        await using var running = new RunningReconciler(folder, new RecordingSink());
        ReconcilerView first = await running.FirstAsync();

        folder.Write("b.yaml", Manifest.Service("b"));
        ReconcilerView second = await running.UntilAsync(view => view.Objects.Length == 2);

        string? time = (string?)RunningReconciler.ConditionOf(first, "a")["lastTransitionTime"];
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", time!);
        Assert.Equal(time, (string?)RunningReconciler.ConditionOf(second, "a")["lastTransitionTime"]);
    }

    /// <summary>As a source with a mistake in it.</summary>
    private sealed class FailingSource(IObjectSource inner, int times) : IObjectSource
    {
        private int _failures;

        public SourceRead? Read() => _failures++ < times ? throw new InvalidOperationException("no source") : inner.Read();

        public bool Provides(Translation translation) => inner.Provides(translation);

        public Task RunAsync(Action wake, CancellationToken cancel) => inner.RunAsync(wake, cancel);
    }
}
