using System.Collections.Immutable;

namespace NodeAgent.Translator.Graph;

/// <summary>A listener's spec together with what became of it.</summary>
/// <param name="Refused">Why it is not Accepted.</param>
/// <param name="Programmed">Null when it is served, else why not.</param>
internal sealed record ListenerState(ListenerNode Node, Problem? Refused, Problem? Programmed, string? BindFailure)
{
    public static ListenerState Of(ListenerNode node, bool gatewayServed, string? bindFailure)
    {
        if (node.Refused is not null)
        {
            return new ListenerState(node, node.Refused, new Problem(Reasons.Invalid, node.Refused.Message), null);
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

    /// <summary>Conflicted is shown only when it is True.</summary>
    public ImmutableArray<Condition> ToConditions(long generation)
    {
        var list = ImmutableArray.CreateBuilder<Condition>();
        list.Add(Conditions.Of(Conditions.Accepted, Refused, Reasons.Accepted, "listener is valid", generation));
        if (Node.Conflicted && Refused is not null)
        {
            list.Add(Conditions.True(Conditions.Conflicted, Refused.Reason, Refused.Message, generation));
        }

        list.Add(Conditions.Of(
            Conditions.ResolvedRefs, Node.UnresolvedKinds, Reasons.ResolvedRefs, "all references are resolved", generation));
        list.Add(Conditions.Of(Conditions.Programmed, Programmed, Reasons.Programmed, "listener is served", generation));
        return list.ToImmutable();
    }
}
