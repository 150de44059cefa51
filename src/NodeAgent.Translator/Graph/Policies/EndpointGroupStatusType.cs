using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Backends;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>The status of EndpointGroup, which tells each Gateway that uses it whether it can.</summary>
internal sealed class EndpointGroupStatusType : PolicyType
{
    public override bool Is(ApiObject item) => item is EndpointGroup;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        ImmutableArray<Condition> conditions =
        [
            Conditions.Of(
                Conditions.Accepted,
                EndpointGroupBackendType.Refuse((EndpointGroup)policy, index),
                Reasons.Accepted,
                "backend is accepted",
                policy.Meta.Generation),
        ];
        ImmutableArray<string> gateways = index.GatewaysUsing($"{EndpointGroup.KindName}/{policy.Meta.Key}");
        return AncestorStatus.OfBackend(policy, "v1alpha1", [.. gateways.Select(g => new AncestorConditions(g, conditions))]);
    }
}
