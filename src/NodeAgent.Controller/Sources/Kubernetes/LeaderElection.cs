using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>
/// Contends for a Lease. At any time at most one process leads: a holder stops before its Lease can be taken, and a
/// candidate takes a Lease only after it has itself seen it unchanged for its duration. Both measure with their own
/// monotonic clock, the holder from before it sent the renewal and the candidate from after it saw it; no wall clock
/// of anybody is compared. What decides between candidates is the resourceVersion.
/// </summary>
public sealed partial class LeaderElection
{
    private static readonly ApiResource Leases = new("coordination.k8s.io", "v1", "leases", "Lease", Namespaced: true);

    private readonly IKubernetesApi _api;
    private readonly LeaseSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly LeaseRecord _lease;

    // When the renewal that made or kept us leader was sent; null while another leads.
    private long? _leadsSince;
    private bool _told;
    private string _leader = "";
    private string _problem = "";
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LeaderElection(IKubernetesApi api, LeaseSettings settings, TimeProvider time, ILogger? log = null)
    {
        if (settings.RetryPeriod >= settings.RenewDeadline || settings.RenewDeadline >= settings.LeaseDuration)
        {
            throw new ArgumentException("the retry period should be shorter than the renew deadline, and that shorter than the lease duration", nameof(settings));
        }

        _api = api;
        _settings = settings;
        _time = time;
        _log = log ?? NullLogger.Instance;
        _lease = new LeaseRecord(settings, time);
    }

    /// <summary>Told in order, on the thread of <see cref="RunAsync"/>: true when we begin to lead, false when we lead no longer.</summary>
    public event Action<bool>? Changed;

    /// <summary>Whether we lead right now. Turns false by the clock alone, whatever hangs.</summary>
    public bool IsLeader
    {
        get
        {
            lock (_lock)
            {
                return _leadsSince is long since && _time.GetElapsedTime(since) < _settings.RenewDeadline;
            }
        }
    }

    /// <summary>Who holds the Lease as far as we have seen; empty while nobody does.</summary>
    public string Leader => Volatile.Read(ref _leader);

    /// <summary>Ends when <see cref="IsLeader"/> was told to be <paramref name="leader"/>.</summary>
    public async Task UntilAsync(bool leader, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_told == leader)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancel);
        }
    }

    /// <summary>Runs until it is cancelled; then gives the Lease up, so that another need not wait for its end.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await StepAsync(cancel);
                TellLeadership();
                TimeSpan pause = _settings.RetryPeriod * Backoff.Jitter(0.8, 1.2);
                TimeSpan left = TimeLeft();
                await Task.Delay(left > TimeSpan.Zero && left < pause ? left : pause, _time, cancel);
                TellLeadership();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await ReleaseAsync();
        }
    }

    /// <summary>How long we may still lead; zero where we do not.</summary>
    private TimeSpan TimeLeft()
    {
        lock (_lock)
        {
            return _leadsSince is long since && _settings.RenewDeadline - _time.GetElapsedTime(since) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        }
    }

    /// <summary>One attempt to renew or to take the Lease. It ends in time for the next one, and with our leadership.</summary>
    private async Task StepAsync(CancellationToken cancel)
    {
        TimeSpan left = TimeLeft();

        // An answer that is lost must leave time for another attempt, and the pauses before both.
        TimeSpan patience = _settings.RenewDeadline / 3;
        using var late = new CancellationTokenSource(left > TimeSpan.Zero && left < patience ? left : patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            if (!_lease.IsKnown || !IsLeader)
            {
                ApiAnswer seen = await _api.GetAsync(Leases, _settings.Namespace, _settings.Name, both.Token);
                if (!seen.Ok && !seen.NotFound)
                {
                    TellProblem(seen);
                    return;
                }

                _lease.See(seen.Ok ? seen.Body : null);
                Volatile.Write(ref _leader, _lease.Holder);
            }

            if (!_lease.MayBeTaken)
            {
                Lose();
                TellProblem(null);
                return;
            }

            await WriteAsync(both.Token);
        }
        catch (OperationCanceledException)
        {
            // What became of it is not known: the Lease is to be read before it is written again.
            _lease.Forget();
            cancel.ThrowIfCancellationRequested();
            TellProblem(new ApiAnswer(0, null, "NoAnswer", "no answer in time"));
        }
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        long sent = _time.GetTimestamp();
        JsonObject body = _lease.Taken();
        ApiAnswer answer = _lease.Exists
            ? await _api.ReplaceAsync(Leases, _settings.Namespace, _settings.Name, null, body, cancel)
            : await _api.CreateAsync(Leases, _settings.Namespace, body, cancel);
        if (answer.Ok)
        {
            _lease.See(answer.Body);
            TellProblem(null);
            lock (_lock)
            {
                _leadsSince = sent;
            }

            Volatile.Write(ref _leader, _settings.Identity);
            return;
        }

        _lease.Forget();
        if (!answer.Conflict && !answer.AlreadyExists)
        {
            TellProblem(answer);
        }
    }

    private void Lose()
    {
        lock (_lock)
        {
            _leadsSince = null;
        }
    }

    private async Task ReleaseAsync()
    {
        Lose();
        TellLeadership();
        using var late = new CancellationTokenSource(_settings.RenewDeadline / 2, _time);
        try
        {
            // A renewal that was cut off may have come through: then the Lease is another one than we know.
            for (int attempt = 0; attempt < 3 && _lease.WasWritten; attempt++)
            {
                if (!_lease.IsKnown)
                {
                    ApiAnswer seen = await _api.GetAsync(Leases, _settings.Namespace, _settings.Name, late.Token);
                    _lease.See(seen.Ok ? seen.Body : null);
                }

                if (!_lease.IsOurs || (await _api.ReplaceAsync(Leases, _settings.Namespace, _settings.Name, null, _lease.Released(), late.Token)).Ok)
                {
                    return;
                }

                _lease.Forget();
            }
        }
        catch (OperationCanceledException)
        {
            // The others wait for its end.
        }
    }

    private void TellLeadership()
    {
        bool leads = IsLeader;
        if (!leads)
        {
            Lose();
        }

        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_told == leads)
            {
                return;
            }

            _told = leads;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (leads)
        {
            LogLeads(_log, _settings.Namespace, _settings.Name, _settings.Identity);
        }
        else
        {
            LogLost(_log, _settings.Namespace, _settings.Name, _settings.Identity);
        }

        Changed?.Invoke(leads);
        changed.SetResult();
    }

    private void TellProblem(ApiAnswer? answer)
    {
        string problem = answer switch
        {
            null => "",
            { Status: 403 } => $"{answer.Message}; grant verbs get, create and update on resource leases of API group \"coordination.k8s.io\" in namespace {_settings.Namespace}",
            { NotFound: true } => $"{answer.Message}; create namespace {_settings.Namespace}",
            _ => answer.Message,
        };
        if (problem != _problem)
        {
            _problem = problem;
            if (problem.Length > 0)
            {
                LogProblem(_log, _settings.Namespace, _settings.Name, problem);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Lease {Namespace}/{Name}: {Identity} leads")]
    private static partial void LogLeads(ILogger log, string @namespace, string name, string identity);

    [LoggerMessage(2, LogLevel.Warning, "Lease {Namespace}/{Name}: {Identity} leads no longer")]
    private static partial void LogLost(ILogger log, string @namespace, string name, string identity);

    [LoggerMessage(3, LogLevel.Warning, "Lease {Namespace}/{Name} can be neither read nor renewed: {Cause}")]
    private static partial void LogProblem(ILogger log, string @namespace, string name, string cause);
}
