using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

internal sealed class BackendTlsPolicyType : PolicyType
{
    public override bool Is(ApiObject item) => item is BackendTlsPolicy;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var tls = (BackendTlsPolicy)policy;
        ImmutableArray<ImmutableArray<string>> users = TargetUse.Of(tls.Targets, tls.Meta.Namespace, index);
        return AncestorStatus.OfPolicy(policy, "v1", Judge(tls, users, index));
    }

    /// <param name="users">Of each target, the keys of the Gateways that use it.</param>
    public static ImmutableArray<AncestorConditions> Judge(
        BackendTlsPolicy policy, ImmutableArray<ImmutableArray<string>> users, ObjectIndex index)
    {
        ImmutableArray<Problem?> targets = [.. policy.Targets.Select((_, i) => BackendTlsPolicies.CheckTarget(policy, i, index))];
        ResolvedBackendTls resolved = BackendTlsPolicies.Resolve(policy, index);
        string note = policy.Options.IsEmpty ? "policy is accepted" : "policy is accepted; none of its options has a meaning here";
        long generation = policy.Meta.Generation;
        Condition references = Conditions.Of(
            Conditions.ResolvedRefs, resolved.Unresolved, Reasons.ResolvedRefs, "all references are resolved", generation);
        return TargetUse.ByGateway(users, targets, (problem, partly) =>
        [
            Conditions.Of(Conditions.Accepted, problem ?? resolved.Refused, Reasons.Accepted, partly is null ? note : $"{note}; but {partly.Message}", generation),
            references,
        ]);
    }
}
