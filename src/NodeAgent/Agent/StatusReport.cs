using Microsoft.Extensions.Logging;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>One line per condition that turns bad, and one when it is good again or its object is gone.</summary>
internal sealed partial class StatusReport(ILogger log)
{
    /// <summary>The reconciler tells of listeners that could not be bound, in its own words.</summary>
    private const string ToldElsewhere = "PortUnavailable";

    private Dictionary<(string Subject, string Type), Finding> _last = [];

    public void Report(IEnumerable<ObjectStatus> statuses)
    {
        var now = new Dictionary<(string, string), Finding>();
        foreach (Finding finding in FindingReader.In(statuses))
        {
            if (finding.Reason == ToldElsewhere)
            {
                continue;
            }

            now[(finding.Subject, finding.Condition)] = finding;
            if (!_last.TryGetValue((finding.Subject, finding.Condition), out Finding? before) || before != finding)
            {
                LogFinding(finding.Subject, finding.Condition, finding.Status, finding.Reason, finding.What);
            }
        }

        foreach ((string subject, string type) in _last.Keys.Where(key => !now.ContainsKey(key)))
        {
            LogMended(subject, type);
        }

        _last = now;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Object}: {Condition}={Status} ({Reason}): {Text}")]
    private partial void LogFinding(string @object, string condition, string status, string reason, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "mended: {Object}: {Condition}")]
    private partial void LogMended(string @object, string condition);
}
