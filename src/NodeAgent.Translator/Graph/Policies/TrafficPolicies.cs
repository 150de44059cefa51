using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>Which XBackendTrafficPolicy rules a backend, and what it changes there.</summary>
internal static class TrafficPolicies
{
    /// <param name="subject"><c>Service/NS/NAME</c> or <c>XBackend/NS/NAME</c>.</param>
    public static XBackendTrafficPolicy? Of(string subject, ObjectIndex index) =>
        PolicyPrecedence.First(index.Linked<XBackendTrafficPolicy>(subject).Where(p => p.Targets.Any(t => Subject(t, p) == subject)));

    public static BackendResource Apply(XBackendTrafficPolicy? policy, BackendResource backend, ObjectIndex index)
    {
        if (policy is null || CheckSettings(policy, index) is not null)
        {
            return backend;
        }

        RetryConstraint? retries = policy.RetryConstraint;
        return backend with
        {
            RetryBudget = retries is null
                ? null
                : new RetryBudget(
                    retries.Percent, (long)retries.Interval.TotalMilliseconds, retries.MinCount, (long)retries.MinInterval.TotalMilliseconds),
            Session = policy.SessionPersistence is SessionPersistence session
                ? RuleSettings.Of(session, $"{policy.Kind}/{policy.Meta.Key}/{backend.Id}")
                : null,
        };
    }

    /// <summary>Why nothing of the policy is applied, wherever it is targeted.</summary>
    public static Problem? CheckSettings(XBackendTrafficPolicy policy, ObjectIndex index)
    {
        if (policy.RetryConstraint is not null && !index.Serves(DataPlaneFeatures.RetryBudget))
        {
            return new Problem(Reasons.Invalid, "retryConstraint is not served") { Field = "spec.retryConstraint" };
        }

        return RuleSettings.Check(policy.SessionPersistence, index) is Problem problem
            ? problem with { Reason = Reasons.Invalid, Field = "spec.sessionPersistence" }
            : null;
    }

    /// <summary>Why the policy does nothing for one of its targets; null when it rules there.</summary>
    /// <param name="position">In the policy's targetRefs.</param>
    public static Problem? CheckTarget(XBackendTrafficPolicy policy, int position, ObjectIndex index)
    {
        PolicyTarget target = policy.Targets[position];
        string field = $"spec.targetRefs[{position}]";
        string name = $"{target.Kind} {policy.Meta.Namespace}/{target.Name}";
        if (Subject(target, policy) is not string subject)
        {
            return new Problem(Reasons.TargetNotFound, $"{name} is neither a Service nor an XBackend") { Field = field };
        }

        ApiObject? found = target.IsService
            ? index.Find<Service>(policy.Meta.Namespace, target.Name)
            : index.Find<XBackend>(policy.Meta.Namespace, target.Name);
        if (found is null)
        {
            return new Problem(Reasons.TargetNotFound, $"{name} does not exist") { Field = field };
        }

        return Of(subject, index) is XBackendTrafficPolicy winner && winner.Meta.Key != policy.Meta.Key
            ? new Problem(Reasons.Conflicted, $"XBackendTrafficPolicy {winner.Meta.Name} comes first for {name}") { Field = field }
            : null;
    }

    private static string? Subject(PolicyTarget target, XBackendTrafficPolicy policy) =>
        target.IsService || target is { Group: Groups.GatewayX, Kind: "XBackend" }
            ? $"{target.Kind}/{policy.Meta.Namespace}/{target.Name}"
            : null;
}
