using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>Tells each problem once when it appears and once when it is mended, however often it is found.</summary>
internal sealed partial class ProblemLog(ILogger log)
{
    private readonly HashSet<(string, string)> _ignored = [];
    private Dictionary<Problem, Problem> _problems = [];
    private Dictionary<(string, string), BindFailure> _binds = [];

    public void Tell(ImmutableArray<Problem> problems)
    {
        // Lines move with every edit above them; that alone makes no new problem.
        var next = new Dictionary<Problem, Problem>();
        foreach (Problem problem in problems)
        {
            next.TryAdd(problem with { Line = 0 }, problem);
        }

        foreach ((Problem key, Problem problem) in next)
        {
            if (!_problems.ContainsKey(key))
            {
                LogProblem(log, problem);
            }
        }

        foreach ((Problem key, Problem problem) in _problems)
        {
            if (!next.ContainsKey(key))
            {
                LogMended(log, problem);
            }
        }

        _problems = next;
    }

    public void Tell(ImmutableArray<IgnoredKind> ignored)
    {
        foreach (IgnoredKind kind in ignored.Where(kind => _ignored.Add((kind.ApiVersion, kind.Kind))))
        {
            LogIgnored(log, kind);
        }
    }

    public void Tell(ImmutableArray<BindFailure> failures)
    {
        var next = new Dictionary<(string, string), BindFailure>();
        foreach (BindFailure failure in failures)
        {
            next[(failure.Gateway, failure.Listener)] = failure;
            if (_binds.GetValueOrDefault((failure.Gateway, failure.Listener)) != failure)
            {
                LogBindFailure(log, failure.Gateway, failure.Listener, failure.Message);
            }
        }

        foreach ((string gateway, string listener) in _binds.Keys.Where(key => !next.ContainsKey(key)))
        {
            LogNoBindFailure(log, gateway, listener);
        }

        _binds = next;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Problem}")]
    private static partial void LogProblem(ILogger log, Problem problem);

    [LoggerMessage(2, LogLevel.Information, "mended: {Problem}")]
    private static partial void LogMended(ILogger log, Problem problem);

    [LoggerMessage(3, LogLevel.Information, "{Ignored}")]
    private static partial void LogIgnored(ILogger log, IgnoredKind ignored);

    [LoggerMessage(4, LogLevel.Warning, "Gateway {Gateway} listener {Listener} is not served: {Cause}")]
    private static partial void LogBindFailure(ILogger log, string gateway, string listener, string cause);

    [LoggerMessage(5, LogLevel.Information, "mended: Gateway {Gateway} listener {Listener}")]
    private static partial void LogNoBindFailure(ILogger log, string gateway, string listener);
}
