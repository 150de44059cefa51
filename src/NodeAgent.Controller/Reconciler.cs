using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>
/// The loop between manifests and data plane, and the only writer of what it holds. One pass:
/// 1. read what changed in the folder;
/// 2. translate all objects, with the bind failures last heard of;
/// 3. remember addresses before anyone is served on them;
/// 4. hand the snapshot to the sink when its digest changed, or when a failed bind may be tried again;
/// 5. when other listeners fail than before, translate once more: statuses depend on that, the snapshot does not;
/// 6. swap the view.
/// </summary>
public sealed partial class Reconciler : IDisposable
{
    private readonly ReconcilerOptions _options;
    private readonly IConfigSink _sink;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ProblemLog _problemLog;
    private readonly ConditionClock _clock = new();
    private readonly ManifestFolder _folder;
    private readonly AddressBook _addresses;
    private readonly ITimer _retryTimer;

    /// <summary>One token: whoever wakes the loop while it works makes it look once more, not many times.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile ReconcilerView _current = ReconcilerView.Empty;
    private volatile TaskCompletionSource _next = NewSignal();
    private volatile bool _retryDue;
    private ManifestRead? _read;
    private string? _trouble;
    private string? _appliedDigest;
    private string? _failure;
    private string? _unsaved;

    /// <exception cref="DirectoryNotFoundException">There is no manifests folder.</exception>
    public Reconciler(ReconcilerOptions options, IConfigSink sink, ILogger log, TimeProvider? time = null)
    {
        _options = options;
        _sink = sink;
        _log = log;
        _time = time ?? TimeProvider.System;
        _problemLog = new ProblemLog(log);
        _folder = new ManifestFolder(options.Manifests);
        _addresses = AddressBook.Load(options.StateFolder, out string? warning);
        if (warning is not null)
        {
            LogWarning(log, warning);
        }

        _retryTimer = _time.CreateTimer(_ => RetryBinds(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The pure function in the middle; tests of the loop put a simpler one here.</summary>
    internal Func<ClusterState, Translation> Translator { get; init; } = new IncrementalTranslator().Translate;

    /// <summary>Safe to read from any thread.</summary>
    public ReconcilerView Current => _current;

    /// <summary>The current view if it is newer than <paramref name="generation"/>, else the next one.</summary>
    public async Task<ReconcilerView> NewerThanAsync(long generation, CancellationToken cancel)
    {
        while (true)
        {
            // The signal is taken before the view is looked at: a swap in between has completed it.
            Task next = _next.Task;
            ReconcilerView view = _current;
            if (view.Generation > generation)
            {
                return view;
            }

            await next.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The first view, beginning with the current one, of which <paramref name="wanted"/> is true.</summary>
    public async Task<ReconcilerView> WaitForAsync(Func<ReconcilerView, bool> wanted, CancellationToken cancel)
    {
        ReconcilerView view = _current;
        while (!wanted(view))
        {
            view = await NewerThanAsync(view.Generation, cancel).ConfigureAwait(false);
        }

        return view;
    }

    /// <summary>Follows the folder until cancelled; then returns.</summary>
    /// <exception cref="IOException">The folder cannot be watched.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        // Watching begins before the first read, so nothing falls between the two.
        using var watch = new ManifestWatch(_folder.Root, Wake);
        try
        {
            await PassAsync(new FolderChanges(Everything: true, []), watch.Trouble, cancel).ConfigureAwait(false);
            while (await _wake.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                await PassAsync(watch.Take(), watch.Trouble, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to stop: what was applied last goes on serving.
        }
    }

    public void Dispose() => _retryTimer.Dispose();

    private async Task PassAsync(FolderChanges changes, string? trouble, CancellationToken cancel)
    {
        bool retry = _retryDue;
        _retryDue = false;
        ManifestRead read = changes.IsNone && _read is not null ? _read : _folder.Read(changes);
        bool changed = !ReferenceEquals(read, _read) || trouble != _trouble;
        if (!changed && !retry)
        {
            return;
        }

        (_read, _trouble) = (read, trouble);
        ImmutableArray<Problem> problems = trouble is null ? read.Problems : read.Problems.Add(new Problem(".", 0, "", "", trouble));
        _problemLog.Tell(problems);
        _problemLog.Tell(read.Ignored);
        try
        {
            await ApplyAsync(read, problems, changed, retry, cancel).ConfigureAwait(false);
            _failure = null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // A mistake of ours must not end what is being served: the last state goes on, and is tried again.
            if (_failure != e.Message)
            {
                LogFailure(_log, e);
            }

            (_failure, _appliedDigest) = (e.Message, null);
            RetryLater();
        }
    }

    private async Task ApplyAsync(
        ManifestRead read, ImmutableArray<Problem> problems, bool changed, bool retry, CancellationToken cancel)
    {
        ImmutableArray<BindFailure> failures = _current.BindFailures;
        Translation translation = Translate(read, failures);
        string? unsaved = _addresses.Remember(translation.Addresses);
        if (unsaved is not null && unsaved != _unsaved)
        {
            LogWarning(_log, unsaved);
        }

        _unsaved = unsaved;

        DateTimeOffset appliedAt = _current.AppliedAt;
        string digest = translation.Snapshot.Digest;
        if (digest != _appliedDigest || retry)
        {
            ImmutableArray<BindFailure> now = await _sink.ApplyAsync(translation.Snapshot, cancel).ConfigureAwait(false);
            appliedAt = _time.GetUtcNow();
            if (digest != _appliedDigest)
            {
                LogApplied(_log, digest, translation.Snapshot.Resources.Length, read.Objects.Length);
                _appliedDigest = digest;
                changed = true;
            }

            if (!now.SequenceEqual(failures))
            {
                changed = true;
                failures = now;
                translation = Translate(read, failures);
            }
        }

        _problemLog.Tell(failures);
        if (!failures.IsEmpty)
        {
            RetryLater();
        }

        if (!changed)
        {
            return;
        }

        Publish(new ReconcilerView(
            read.Objects,
            translation,
            _clock.Stamp(translation.Statuses, _time.GetUtcNow()),
            problems,
            read.Ignored,
            failures,
            _current.Generation + 1,
            appliedAt));
    }

    private Translation Translate(ManifestRead read, ImmutableArray<BindFailure> failures) =>
        Translator(new ClusterState
        {
            Objects = read.Objects,
            Observed = new Observed(failures),
            Addresses = new AddressSpace(_options.AddressPools, _addresses.Remembered),
            Features = _options.Features,
            StaticRoots = _options.StaticRoots,
        });

    private void Publish(ReconcilerView view)
    {
        _current = view;
        TaskCompletionSource reached = _next;
        _next = NewSignal();
        reached.SetResult();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private void RetryBinds()
    {
        _retryDue = true;
        Wake();
    }

    private void RetryLater() => _retryTimer.Change(_options.BindRetry, Timeout.InfiniteTimeSpan);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(10, LogLevel.Information, "serving configuration {Digest}: {Resources} resources of {Objects} objects")]
    private static partial void LogApplied(ILogger log, string digest, int resources, int objects);

    [LoggerMessage(11, LogLevel.Warning, "{Warning}")]
    private static partial void LogWarning(ILogger log, string warning);

    [LoggerMessage(12, LogLevel.Error, "the configuration cannot be applied, the last one keeps serving")]
    private static partial void LogFailure(ILogger log, Exception cause);
}
