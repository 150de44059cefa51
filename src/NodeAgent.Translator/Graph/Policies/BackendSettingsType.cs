using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>The status of BackendSettings: as of any policy, one entry for each Gateway that uses one of its targets.</summary>
internal sealed class BackendSettingsType : PolicyType
{
    public override bool Is(ApiObject item) => item is BackendSettings;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var settings = (BackendSettings)policy;
        ImmutableArray<ImmutableArray<string>> users = TargetUse.Of(settings.Targets, settings.Meta.Namespace, index);
        Problem? unserved = index.Serves(DataPlaneFeatures.BackendSettings)
            ? null
            : new Problem(Reasons.Invalid, "settings of backends are not served");
        ImmutableArray<Problem?> targets = [.. settings.Targets.Select((_, i) => BackendSettingsPolicies.CheckTarget(settings, i, index))];
        return AncestorStatus.OfPolicy(policy, "v1alpha1", TargetUse.ByGateway(users, targets, (problem, partly) =>
        [
            Conditions.Of(
                Conditions.Accepted,
                problem ?? unserved,
                Reasons.Accepted,
                partly is null ? "policy is accepted" : $"policy is accepted; but {partly.Message}",
                policy.Meta.Generation),
        ]));
    }
}
