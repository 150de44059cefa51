using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

internal static class XBackendTrafficPolicyDecoder
{
    private const int MaxTargets = 16;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static XBackendTrafficPolicy Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            ImmutableArray<PolicyTarget> targets = spec.List("targetRefs", 1, MaxTargets, target => new PolicyTarget(
                target.Text("group", TextRules.Group),
                target.Text("kind", TextRules.Kind),
                target.Text("name", TextRules.ReferenceName),
                null));
            for (int i = 1; i < targets.Length && spec.Clean; i++)
            {
                if (targets.IndexOf(targets[i]) is int first && first < i)
                {
                    spec.ReportAt(
                        FieldPath.Item(FieldPath.Child(spec.Path, "targetRefs"), i),
                        $"names the same target as targetRefs[{first}]",
                        "each target may stand once");
                }
            }

            return new XBackendTrafficPolicy(
                meta,
                targets,
                spec.Object("retryConstraint", Retries),
                spec.Object("sessionPersistence", RuleSettingsDecoder.SessionPersistence));
        }) ?? new XBackendTrafficPolicy(meta, [], null, null);

    private static RetryConstraint Retries(FieldReader retries)
    {
        (int percent, TimeSpan interval) = (20, TimeSpan.FromSeconds(10));
        retries.Check("budget", budget =>
        {
            percent = budget.OptionalInt("percent", 0, 100) ?? percent;
            interval = Interval(budget, TimeSpan.FromSeconds(1), "1s") ?? interval;
        });
        (int count, TimeSpan countInterval) = (10, TimeSpan.FromSeconds(1));
        retries.Check("minRetryRate", rate =>
        {
            count = rate.OptionalInt("count", 1, 1_000_000) ?? count;
            countInterval = Interval(rate, TimeSpan.FromMilliseconds(1), "1ms") ?? countInterval;
        });
        return new RetryConstraint(percent, interval, count, countInterval);
    }

    private static TimeSpan? Interval(FieldReader owner, TimeSpan least, string leastText)
    {
        TimeSpan? interval = RuleSettingsDecoder.Duration(owner, "interval");
        if (interval < least || interval > Hour)
        {
            owner.Report("interval", $"is {interval.Value.TotalSeconds:0.###} seconds", $"must be from {leastText} to 1h");
        }

        return interval;
    }
}
