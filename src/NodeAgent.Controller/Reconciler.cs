using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>
/// The loop between a source of objects and a data plane, and the only writer of what it holds. One pass:
/// 1. read what the source has;
/// 2. translate all objects, with the bind failures last heard of, and again with those it has looked for that the source
///    had not given out yet;
/// 3. when that looked for what the source has yet to look for, leave all as it is until the source knows;
/// 4. remember addresses before anyone is served on them;
/// 5. hand the snapshot to the sink when its digest changed, or when a failed bind may be tried again;
/// 6. when other listeners fail than before, translate once more: statuses depend on that, the snapshot does not;
/// 7. swap the view.
/// It reacts at once; whoever wakes it while it works makes it look once more, so that many changes cost few passes.
/// </summary>
public sealed partial class Reconciler : IDisposable
{
    private readonly ReconcilerOptions _options;
    private readonly IConfigSink _sink;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ProblemLog _problemLog;
    private readonly ConditionClock _clock = new();
    private readonly IObjectSource _source;
    private readonly AddressBook _addresses;
    private readonly ITimer _retryTimer;

    /// <summary>One token: whoever wakes the loop while it works makes it look once more, not many times.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile ReconcilerView _current = ReconcilerView.Empty;
    private volatile TaskCompletionSource _next = NewSignal();
    private volatile bool _retryDue;
    private SourceRead? _read;

    /// <summary>Something is translated that is neither served nor told yet.</summary>
    private bool _heldBack;

    private string? _appliedDigest;
    private string? _failure;
    private string? _unsaved;

    public Reconciler(ReconcilerOptions options, IObjectSource source, IConfigSink sink, ILogger log, TimeProvider? time = null)
    {
        _options = options;
        _source = source;
        _sink = sink;
        _log = log;
        _time = time ?? TimeProvider.System;
        _problemLog = new ProblemLog(log);
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

    /// <summary>Follows the source until cancelled; then returns.</summary>
    /// <exception cref="IOException">The source cannot be followed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task following = FollowAsync(running);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(running.Token).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                await PassAsync(running.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // Asked to stop, or the source is at its end: what was applied last goes on serving.
        }
        finally
        {
            await running.CancelAsync().ConfigureAwait(false);
        }

        await following.ConfigureAwait(false);
    }

    public void Dispose() => _retryTimer.Dispose();

    /// <summary>Ends the loop, too, when the source ends.</summary>
    private async Task FollowAsync(CancellationTokenSource running)
    {
        try
        {
            await _source.RunAsync(Wake, running.Token).ConfigureAwait(false);
        }
        finally
        {
            await running.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task PassAsync(CancellationToken cancel)
    {
        try
        {
            if (_source.Read() is not SourceRead read)
            {
                return;
            }

            bool retry = _retryDue;
            _retryDue = false;
            bool changed = !ReferenceEquals(read, _read) || _heldBack;
            if (!changed && !retry)
            {
                return;
            }

            _read = read;
            _problemLog.Tell(read.Problems);
            _problemLog.Tell(read.Ignored);
            await ApplyAsync(read, changed, retry, cancel).ConfigureAwait(false);
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

    private async Task ApplyAsync(SourceRead read, bool changed, bool retry, CancellationToken cancel)
    {
        ImmutableArray<BindFailure> failures = _current.BindFailures;
        Translation translation = Translate(ref read, failures);
        _heldBack = !_source.Provides(translation);
        if (_heldBack)
        {
            _retryDue |= retry;
            return;
        }

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
                LogApplied(_log, digest, translation.Snapshot.Resources.Length, read.Objects.Length + read.Unread);
                _appliedDigest = digest;
                changed = true;
            }

            if (!now.SequenceEqual(failures))
            {
                changed = true;
                failures = now;
                translation = Translate(ref read, failures);
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
            read.Problems,
            read.Ignored,
            failures,
            _current.Generation + 1,
            appliedAt)
        {
            Unread = read.Unread,
        });
    }

    /// <param name="read">Replaced by what the translation is made of.</param>
    private Translation Translate(ref SourceRead read, ImmutableArray<BindFailure> failures)
    {
        while (true)
        {
            Translation translation = Translate(read, failures);
            if (_source.Complete(read, translation) is not SourceRead more)
            {
                return translation;
            }

            read = more;
        }
    }

    private Translation Translate(SourceRead read, ImmutableArray<BindFailure> failures) =>
        Translator(new ClusterState
        {
            Objects = read.Objects,
            Observed = new Observed(failures),
            Addresses = new AddressSpace(_options.AddressPools, RememberedAddresses(read)),
            Features = _options.Features,
            StaticRoots = _options.StaticRoots,
            InCluster = _options.InCluster,
        });

    /// <summary>What Gateways show counts until the first of them are served: from then on we have a memory of our own.</summary>
    private ImmutableSortedDictionary<string, PoolAddresses> RememberedAddresses(SourceRead read) =>
        _current.Generation > 0 || read.ShownAddresses.IsEmpty
            ? _addresses.Remembered
            : read.ShownAddresses.SetItems(_addresses.Remembered);

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
