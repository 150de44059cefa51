using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Conformance.Traffic;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>
/// Sends the requests of a case's step to a running gateway, by the rules of the suite: what is wrong at first may become
/// right within the world's patience; once right it must stay so for as many sendings in a row as the request wants.
/// </summary>
internal static class LiveRequests
{
    private const int Batch = 500;
    private const int AtATime = 10;
    private const double ShareTolerance = 0.05;
    private const int ShareAttempts = 10;
    private const int MirrorAttempts = 5;

    private static readonly TimeSpan OneSending = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MirrorWindow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Every request has at least this long, also after another has used up the patience.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(2);

    /// <returns>What is wrong, a line for each request.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(CaseStep step, ILiveWorld world, CancellationToken cancel)
    {
        Stopwatch watch = Stopwatch.StartNew();
        List<string> faults = [];
        foreach (LiveRequest request in Of(step))
        {
            TimeSpan least = world.Patience < LeastPatience ? world.Patience : LeastPatience;
            TimeSpan left = world.Patience - watch.Elapsed;
            string? fault = await CheckAsync(request, world, left > least ? left : least, cancel);
            if (fault is not null)
            {
                faults.Add($"{request}: {fault}");
            }
        }

        return faults;
    }

    /// <summary>The lines of traffic, then the requests.</summary>
    public static IEnumerable<LiveRequest> Of(CaseStep step) =>
        [.. (step.Traffic ?? []).Select(LiveRequest.Parse), .. step.Requests ?? []];

    private static Task<string?> CheckAsync(LiveRequest request, ILiveWorld world, TimeSpan patience, CancellationToken cancel) =>
        request.MirrorPercent is int percent ? SeveralTimesAsync(MirrorAttempts, () => MirroredShareAsync(request, percent, world, cancel), cancel)
        : request.Answer.Contains('*', StringComparison.Ordinal) ? SeveralTimesAsync(ShareAttempts, () => SharesAsync(request, world, cancel), cancel)
        : EventuallyAsync(request, world, patience, cancel);

    private static async Task<string?> EventuallyAsync(LiveRequest request, ILiveWorld world, TimeSpan patience, CancellationToken cancel)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int good = 0;
        while (true)
        {
            (Reply reply, string? fault) = await SendAsync(request, world, cancel);
            if (fault is null)
            {
                if (request.Once || ++good == request.Consecutive)
                {
                    return null;
                }

                continue;
            }

            if (good > 0)
            {
                return $"{good} times right, then {fault}";
            }

            // What must fail must never once have worked.
            if (request.Once || watch.Elapsed > patience || (request.Answer == "error" && reply.Succeeded))
            {
                return fault;
            }

            await Task.Delay(Interval, cancel);
        }
    }

    private static async Task<string?> SeveralTimesAsync(int attempts, Func<Task<string?>> attempt, CancellationToken cancel)
    {
        string? fault = await attempt();
        for (int made = 1; fault is not null && made < attempts; made++)
        {
            await Task.Delay(Interval, cancel);
            fault = await attempt();
        }

        return fault;
    }

    private static async Task<string?> SharesAsync(LiveRequest request, ILiveWorld world, CancellationToken cancel)
    {
        (string Service, int Weight)[] wanted = [.. Verdict.Services(request.Answer)];
        ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
        string? fault = await BatchAsync(
            async () =>
            {
                (Reply reply, string? wrong) = await SendAsync(request, world, cancel);
                if (wrong is null && reply.Backend is BackendView pod)
                {
                    string service = wanted.First(w => world.IsBehind(w.Service, pod.Identity.Namespace, pod.Identity.Pod)).Service;
                    counts.AddOrUpdate(service, 1, (_, count) => count + 1);
                }

                return wrong;
            },
            cancel);
        if (fault is not null)
        {
            return fault;
        }

        double sum = wanted.Sum(w => w.Weight);
        bool good = wanted.All(w => w.Weight == 0
            ? !counts.ContainsKey(w.Service)
            : Math.Abs((counts.GetValueOrDefault(w.Service) / (double)Batch) - (w.Weight / sum)) <= ShareTolerance);
        return good
            ? null
            : $"of {Batch} requests went {string.Join(", ", wanted.Select(w => $"{counts.GetValueOrDefault(w.Service)} to {w.Service}"))}";
    }

    private static async Task<string?> MirroredShareAsync(LiveRequest request, int percent, ILiveWorld world, CancellationToken cancel)
    {
        string id = Guid.NewGuid().ToString();
        string mark = Sending.Of(request, id).LogMark;
        string? fault = await BatchAsync(async () => (await SendOneAsync(request, id, world, cancel)).Fault, cancel);
        if (fault is not null)
        {
            return fault;
        }

        double share = percent / 100.0;
        double tolerance = 3 * Math.Sqrt(Batch * share * (1 - share));
        foreach (string service in request.MirroredTo ?? [])
        {
            int count = await SettledAsync(() => LogCount(service, mark, world), cancel);
            if (Math.Abs(count - (Batch * share)) > tolerance)
            {
                return string.Create(CultureInfo.InvariantCulture, $"of {Batch} requests {count} are mirrored to {service}, not {percent} %");
            }
        }

        return null;
    }

    /// <summary>The count once it has stood still for a second: mirrored requests arrive when they like.</summary>
    private static async Task<int> SettledAsync(Func<int> read, CancellationToken cancel)
    {
        int count = read();
        Stopwatch still = Stopwatch.StartNew();
        while (still.Elapsed < TimeSpan.FromSeconds(1))
        {
            await Task.Delay(Interval, cancel);
            int now = read();
            if (now != count)
            {
                count = now;
                still.Restart();
            }
        }

        return count;
    }

    /// <returns>The first fault; the rest of the batch is not sent then.</returns>
    private static async Task<string?> BatchAsync(Func<Task<string?>> send, CancellationToken cancel)
    {
        int sent = 0;
        string? fault = null;
        await Task.WhenAll(Enumerable.Range(0, AtATime).Select(async _ =>
        {
            while (Volatile.Read(ref fault) is null && Interlocked.Increment(ref sent) <= Batch)
            {
                cancel.ThrowIfCancellationRequested();
                if (await send() is string wrong)
                {
                    Interlocked.CompareExchange(ref fault, wrong, null);
                }
            }
        }));
        return fault;
    }

    private static async Task<(Reply Reply, string? Fault)> SendAsync(LiveRequest request, ILiveWorld world, CancellationToken cancel)
    {
        if (request.MirroredTo is not { Length: > 0 } mirrors)
        {
            return await SendOneAsync(request, null, world, cancel);
        }

        string id = Guid.NewGuid().ToString();
        string mark = Sending.Of(request, id).LogMark;
        (Reply reply, string? fault) = await SendOneAsync(request, id, world, cancel);
        Stopwatch watch = Stopwatch.StartNew();
        while (fault is null && mirrors.FirstOrDefault(service => LogCount(service, mark, world) == 0) is string missing)
        {
            if (watch.Elapsed > MirrorWindow)
            {
                return (reply, $"no pod of {missing} has logged the request");
            }

            await Task.Delay(Interval, cancel);
        }

        return (reply, fault);
    }

    private static async Task<(Reply Reply, string? Fault)> SendOneAsync(LiveRequest request, string? mirrorId, ILiveWorld world, CancellationToken cancel)
    {
        if (world.Find(request.Gateway, request.Port) is not LiveListener listener)
        {
            return (new Reply(), $"{request.Gateway} has no address");
        }

        Sending sending = Sending.Of(request, mirrorId);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(OneSending);
        Reply reply;
        try
        {
            reply = await sending.ExchangeAsync(listener, world, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            reply = new Reply { Fault = $"no answer in {OneSending.TotalSeconds:0} s", Hung = true };
        }

        return (reply, Verdict.Fault(sending, reply, world));
    }

    private static int LogCount(string service, string mark, ILiveWorld world) =>
        world.LogOf(LiveRequest.FullName(service)).Count(line => line.Contains(mark, StringComparison.Ordinal));
}
