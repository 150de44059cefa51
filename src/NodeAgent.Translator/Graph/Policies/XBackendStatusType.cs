using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>The status of XBackend, which tells its parents whether it can be reached as it asks.</summary>
internal sealed class XBackendStatusType : PolicyType
{
    public override bool Is(ApiObject item) => item is XBackend;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var backend = (XBackend)policy;
        ResolvedBackendTls? tls = XBackendTlsResolution.Of(backend, index);
        long generation = backend.Meta.Generation;
        string message = tls is null ? "backend is accepted; it is reached in clear" : "backend is accepted";
        ImmutableArray<Condition> conditions =
        [
            Conditions.Of(Conditions.Accepted, tls?.Refused, Reasons.Accepted, message, generation),
            Conditions.Of(Conditions.ResolvedRefs, tls?.Unresolved, Reasons.ResolvedRefs, "all references are resolved", generation),
        ];
        ImmutableArray<string> gateways = index.GatewaysUsing($"XBackend/{backend.Meta.Key}");
        return AncestorStatus.OfBackend(backend, "v1alpha1", [.. gateways.Select(g => new AncestorConditions(g, conditions))]);
    }
}
