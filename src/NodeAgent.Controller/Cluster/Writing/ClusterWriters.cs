using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using Groups = NodeAgent.Translator.Api.Groups;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>
/// Everything that is written to a cluster: statuses, the Services of Gateways, the finalizer of classes and Events. By
/// the one process that leads; the views of the loop are followed, and the loop never waits for any of it.
/// </summary>
public sealed class ClusterWriters
{
    private readonly Reconciler _reconciler;
    private readonly ClusterStore _store;
    private readonly IKubernetesApi _api;
    private readonly LeaderElection _election;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _statuses;
    private volatile StatusWriter? _writing;

    public ClusterWriters(
        Reconciler reconciler,
        ClusterStore store,
        IKubernetesApi api,
        LeaderElection election,
        EventRecorder events,
        ILogger log,
        TimeProvider? time = null)
    {
        (_reconciler, _store, _election, _events, _log) = (reconciler, store, election, events, log);
        _api = new LeaderApi(api, () => election.IsLeader);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Only these are looked at; empty for all.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Statuses that the server took from this process.</summary>
    public long StatusesWritten => Interlocked.Read(ref _statuses) + (_writing?.Written ?? 0);

    /// <summary>
    /// Contends for the lead, and writes as long as it has it, until cancelled. The lead is given up only when nothing
    /// is being written any more.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var after = new CancellationTokenSource();
        using var lead = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task contending = _election.RunAsync(after.Token);
        Task telling = _events.RunAsync(after.Token);
        Task leading = LeadAsync(lead.Token);
        try
        {
            // None of them ends of its own accord: with one that fails the others end, too, and whoever began it is told.
            await await Task.WhenAny(contending, telling, leading).ConfigureAwait(false);
        }
        finally
        {
            await lead.CancelAsync().ConfigureAwait(false);
            await leading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await after.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(contending, telling, leading).ConfigureAwait(false);
        }
    }

    private async Task LeadAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                await _election.UntilAsync(true, cancel).ConfigureAwait(false);
                using var term = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                Task writing = WriteAsync(term.Token);
                try
                {
                    await Task.WhenAny(_election.UntilAsync(false, term.Token), writing).ConfigureAwait(false);
                }
                finally
                {
                    await term.CancelAsync().ConfigureAwait(false);
                    await writing.ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>One term. It begins with a look at everything: what the leader before has left undone, nobody else would do.</summary>
    private async Task WriteAsync(CancellationToken term)
    {
        var services = new OwnedServiceWriter(_api, _store, Tell, _time, _log);
        var statuses = new StatusWriter(_api, _store, Tell, _time, _log)
        {
            IsReady = key => key is not { Group: Groups.Gateway, Kind: "Gateway" } || services.IsSettled(key),
            IsWatched = ns => Namespaces.IsEmpty || Namespaces.Contains(ns),
        };
        services.Settled += statuses.Look;
        var finalizer = new ClassFinalizer(_api, _store, _time, _log);
        var unreadable = new UnreadableObjects(_store, Tell);
        Task[] writers = [];
        _writing = statuses;
        try
        {
            // Before the first view nothing is known of what should be, and all that is said would be taken back.
            ReconcilerView view = await _reconciler.NewerThanAsync(0, term).ConfigureAwait(false);
            Take(view);
            writers = [statuses.RunAsync(term), services.RunAsync(term), finalizer.RunAsync(term), unreadable.RunAsync(term)];
            while (true)
            {
                view = await _reconciler.NewerThanAsync(view.Generation, term).ConfigureAwait(false);
                Take(view);
            }
        }
        catch (OperationCanceledException) when (term.IsCancellationRequested)
        {
            // The term is over.
        }
        finally
        {
            await Task.WhenAll(writers).ConfigureAwait(false);
            _writing = null;
            Interlocked.Add(ref _statuses, statuses.Written);
        }

        void Take(ReconcilerView view)
        {
            services.Take(view.Translation.Objects);
            statuses.Take(view.Translation.Statuses);
            finalizer.Take(view.Translation);
        }
    }

    private void Tell(ObjectEvent told) => _events.Record(
        new ObjectReference(told.ApiVersion, told.Kind, told.Namespace, told.Name, told.Uid),
        told.Warning ? "Warning" : "Normal",
        told.Reason,
        told.Action,
        told.Note);
}
