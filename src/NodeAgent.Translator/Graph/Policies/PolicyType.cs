using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Extensions;
using NodeAgent.Translator.Graph.Parameters;
using NodeAgent.Translator.Graph.Tracking;
using NodeAgent.Translator.Legacy.Statuses;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>
/// One kind of object that is neither class, Gateway nor route but has a status: policies that attach to backends,
/// and our own kinds. What it does to the snapshot is read by whoever it acts on.
/// </summary>
internal abstract class PolicyType
{
    public abstract bool Is(ApiObject item);

    /// <summary>At most one status; none when no Gateway of ours is concerned.</summary>
    public abstract ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index);
}

/// <summary>Every kind with a status of its own. A new kind is one class and one line here.</summary>
internal static class PolicyTypes
{
    public static ImmutableArray<PolicyType> All { get; } =
    [
        new ParametersStatusType(),
        new BackendTlsPolicyType(),
        new TrafficPolicyType(),
        new XBackendStatusType(),
        new BackendPolicyStatusType(),
        new BackendSettingsType(),
        new EndpointGroupStatusType(),
        new HttpExtensionStatus(),
    ];

    public static PolicyType? Find(ApiObject item)
    {
        foreach (PolicyType type in All)
        {
            if (type.Is(item))
            {
                return type;
            }
        }

        return null;
    }
}

internal sealed class PolicyEntry(PolicyType type, ApiObject item) : TrackedNode
{
    public PolicyType Type { get; } = type;

    public ApiObject Object { get; set; } = item;

    public ImmutableArray<ObjectStatus> Status { get; set; } = [];

    /// <summary>What was last told about it.</summary>
    public ImmutableArray<StatusKey> Statuses { get; set; } = [];
}
