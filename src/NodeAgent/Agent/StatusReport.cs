using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>One line per condition that turns bad, and one when it is good again or its object is gone.</summary>
internal sealed partial class StatusReport(ILogger log)
{
    /// <summary>The reconciler tells of listeners that could not be bound, in its own words.</summary>
    private const string ToldElsewhere = "PortUnavailable";

    private readonly Dictionary<(string Subject, string Condition), Finding> _known = [];
    private ImmutableArray<ObjectStatus> _last = [];

    /// <param name="statuses">Those that did not change are the objects of the time before, in the order they had: they are not read again.</param>
    public void Report(ImmutableArray<ObjectStatus> statuses)
    {
        ReferenceDiff diff = ReferenceDiff.Between(_last.AsSpan(), statuses.AsSpan());
        var gone = new HashSet<(string, string)>(FindingsIn(diff.Gone.Select(i => _last[i])).Select(KeyOf));
        foreach (Finding finding in FindingsIn(diff.Came.Select(i => statuses[i])))
        {
            (string, string) key = KeyOf(finding);
            gone.Remove(key);
            if (!_known.TryGetValue(key, out Finding? before) || before != finding)
            {
                _known[key] = finding;
                LogFinding(finding.Subject, finding.Condition, finding.Status, finding.Reason, finding.What);
            }
        }

        foreach ((string subject, string condition) in gone)
        {
            _known.Remove((subject, condition));
            LogMended(subject, condition);
        }

        _last = statuses;
    }

    private static IEnumerable<Finding> FindingsIn(IEnumerable<ObjectStatus> statuses) =>
        FindingReader.In(statuses).Where(f => f.Reason != ToldElsewhere);

    private static (string Subject, string Condition) KeyOf(Finding finding) => (finding.Subject, finding.Condition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Object}: {Condition}={Status} ({Reason}): {Text}")]
    private partial void LogFinding(string @object, string condition, string status, string reason, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "mended: {Object}: {Condition}")]
    private partial void LogMended(string @object, string condition);
}
