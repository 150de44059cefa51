using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// Few lines about the troubles of many watches: an API server that is gone is one trouble, not one of each kind, and
/// none at all when it comes back at once. For one caller at a time.
/// </summary>
internal sealed partial class WatchTroubles : IAsyncDisposable
{
    /// <summary>More kinds in trouble than this are in the same trouble: the API server's.</summary>
    private const int FewKinds = 3;

    /// <summary>As long as an API server may take to restart without a word about it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Uri _server;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ITimer _due;
    private string? _outage;
    private ImmutableArray<string> _logged = [];

    public WatchTroubles(Uri server, Action due, ILogger log, TimeProvider time)
    {
        (_server, _log, _time) = (server, log, time);
        _due = time.CreateTimer(_ => due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What there is to tell of all watches that have a problem now.</summary>
    public ImmutableArray<string> Lines(IEnumerable<(string Kind, WatchProblem Problem)> now)
    {
        (string Kind, WatchProblem Problem)[] problems = [.. now];
        (string Kind, WatchProblem Problem)[] old = [.. problems.Where(p => _time.GetElapsedTime(p.Problem.Since) >= Grace)];
        if (old.Length < problems.Length)
        {
            _due.Change(Grace + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        var lines = ImmutableArray.CreateBuilder<string>();
        string[] refused = [.. old.Where(p => p.Problem.Refused).Select(p => p.Kind).Distinct()];
        if (refused.Length > FewKinds)
        {
            lines.Add($"not allowed to list and watch {string.Join(", ", refused)}: grant both verbs on them");
        }
        else
        {
            lines.AddRange(old.Where(p => p.Problem.Refused).Select(p => p.Problem.Text).Distinct());
        }

        // Those that are heard of no more only since a moment belong to the same outage.
        string[] unheard = [.. old.Where(p => !p.Problem.Refused).Select(p => p.Problem.Text).Distinct()];
        _outage = unheard.Length == 0 ? null
            : _outage ?? (problems.Where(p => !p.Problem.Refused).Select(p => p.Problem.Text).Distinct().Count() <= FewKinds ? null : $"the API server {_server} is not heard, what it told last goes on to hold: {unheard[0]}");
        lines.AddRange(_outage is null ? unheard : [_outage]);
        return lines.ToImmutable();
    }

    /// <summary>As long as there is no configuration yet that the lines could be told with.</summary>
    public void Log(ImmutableArray<string> lines)
    {
        foreach (string line in lines.Except(_logged))
        {
            LogTrouble(_log, line);
        }

        _logged = lines;
    }

    public ValueTask DisposeAsync() => _due.DisposeAsync();

    [LoggerMessage(42, LogLevel.Warning, "{Trouble}")]
    private static partial void LogTrouble(ILogger log, string trouble);
}
