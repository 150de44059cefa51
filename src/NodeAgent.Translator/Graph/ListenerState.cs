using System.Collections.Immutable;

namespace NodeAgent.Translator.Graph;

/// <summary>A listener's spec together with what became of it.</summary>
/// <param name="Refused">Why it is not Accepted.</param>
/// <param name="Programmed">Null when it is served, else why not.</param>
internal sealed record ListenerState(ListenerNode Node, Problem? Refused, Problem? Programmed, string? BindFailure)
{
    /// <summary>Accepted, and kept from being served only by what it refers to.</summary>
    public bool Unresolved => Refused is null && Node.References.Unusable is not null;

    public static ListenerState Of(ListenerNode node, bool gatewayServed, string? bindFailure)
    {
        if (node.Refused is not null)
        {
            bool byNeighbours = node.Conflicted || node.Refused.Reason == Reasons.TooManyListeners;
            string reason = node.IsFromSet && byNeighbours ? node.Refused.Reason : Reasons.Invalid;
            return new ListenerState(node, node.Refused, new Problem(reason, node.Refused.Message), null);
        }

        if (node.References.Unusable is Problem unusable)
        {
            return new ListenerState(node, null, new Problem(Reasons.Invalid, unusable.Message), null);
        }

        if (!gatewayServed)
        {
            return new ListenerState(node, null, new Problem(Reasons.Pending, "the Gateway is not served on any address"), null);
        }

        return bindFailure is null
            ? new ListenerState(node, null, null, null)
            : new ListenerState(
                node,
                new Problem(Reasons.PortUnavailable, bindFailure),
                new Problem(Reasons.Invalid, bindFailure),
                bindFailure);
    }

    /// <summary>Conflicted and OverlappingTLSConfig are shown only when they are True.</summary>
    public ImmutableArray<Condition> ToConditions(long generation)
    {
        var list = ImmutableArray.CreateBuilder<Condition>();
        list.Add(Conditions.Of(Conditions.Accepted, Refused, Reasons.Accepted, "listener is valid", generation));
        if (Node.Conflicted && Refused is not null)
        {
            list.Add(Conditions.True(Conditions.Conflicted, Refused, generation));
        }

        list.Add(Conditions.Of(
            Conditions.ResolvedRefs, Node.Unresolved, Reasons.ResolvedRefs, "all references are resolved", generation));
        list.Add(Conditions.Of(Conditions.Programmed, Programmed, Reasons.Programmed, "listener is served", generation));
        if (Node.Overlap is Problem overlap)
        {
            list.Add(Conditions.True(Conditions.OverlappingTlsConfig, overlap, generation));
        }

        return list.ToImmutable();
    }
}
