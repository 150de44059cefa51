using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

internal sealed class TrafficPolicyType : PolicyType
{
    public override bool Is(ApiObject item) => item is XBackendTrafficPolicy;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var traffic = (XBackendTrafficPolicy)policy;
        ImmutableArray<ImmutableArray<string>> users = TargetUse.Of(traffic.Targets, traffic.Meta.Namespace, index);
        return AncestorStatus.OfPolicy(policy, "v1alpha1", Judge(traffic, users, index));
    }

    /// <param name="users">Of each target, the keys of the Gateways that use it.</param>
    public static ImmutableArray<AncestorConditions> Judge(
        XBackendTrafficPolicy policy, ImmutableArray<ImmutableArray<string>> users, ObjectIndex index)
    {
        ImmutableArray<Problem?> targets = [.. policy.Targets.Select((_, i) => TrafficPolicies.CheckTarget(policy, i, index))];
        Problem? settings = TrafficPolicies.CheckSettings(policy, index);
        return TargetUse.ByGateway(users, targets, (problem, partly) =>
        [
            Conditions.Of(
                Conditions.Accepted,
                problem ?? settings,
                Reasons.Accepted,
                partly is null ? "policy is accepted" : $"policy is accepted; but {partly.Message}",
                policy.Meta.Generation),
        ]);
    }
}
