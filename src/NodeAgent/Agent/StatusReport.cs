using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>One line per condition that turns bad, and one when it is good again or its object is gone.</summary>
internal sealed partial class StatusReport(ILogger log)
{
    /// <summary>The reconciler tells of listeners that could not be bound, in its own words.</summary>
    private const string ToldElsewhere = "PortUnavailable";

    private Dictionary<(string Subject, string Type), Finding> _last = [];

    /// <summary>What was found in each status; those that did not change are the same objects and not read again.</summary>
    private Dictionary<ObjectStatus, ImmutableArray<Finding>> _read = new(ReferenceEqualityComparer.Instance);

    public void Report(IEnumerable<ObjectStatus> statuses)
    {
        var read = new Dictionary<ObjectStatus, ImmutableArray<Finding>>(ReferenceEqualityComparer.Instance);
        foreach (ObjectStatus status in statuses)
        {
            read[status] = _read.TryGetValue(status, out ImmutableArray<Finding> known) ? known : [.. FindingReader.In([status])];
        }

        _read = read;
        var now = new Dictionary<(string, string), Finding>();
        foreach (Finding finding in read.Values.SelectMany(f => f))
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
