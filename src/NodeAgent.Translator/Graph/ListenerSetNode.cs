using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A ListenerSet that names a Gateway of ours, with what is said of it as a whole.</summary>
internal sealed record ListenerSetNode(ListenerSet Set, Problem? NotAllowed, ImmutableArray<Condition> OwnConditions)
{
    /// <summary>Counts in the Gateway's attachedListenerSets.</summary>
    public bool Attached => IsTrue(OwnConditions, Conditions.Accepted);

    /// <summary>
    /// What is said of each listener where the Gateway does not take the ListenerSet: nothing else about them is looked
    /// at, least of all what they refer to. Empty when it does take it.
    /// </summary>
    public ImmutableArray<Condition> ClosedListener => NotAllowed is null
        ? []
        : [
            Conditions.False(Conditions.Accepted, NotAllowed, Set.Meta.Generation),
            Conditions.Unknown(Conditions.ResolvedRefs, Reasons.Pending, "references are not looked at", Set.Meta.Generation),
            Conditions.False(Conditions.Programmed, NotAllowed, Set.Meta.Generation),
        ];

    /// <param name="gateway">The conditions of its Gateway.</param>
    /// <param name="states">Of its own listeners; none when it is not allowed.</param>
    public static ListenerSetNode Of(ListenerSetDraft draft, ImmutableArray<Condition> gateway, ImmutableArray<ListenerState> states)
    {
        long generation = draft.Set.Meta.Generation;
        string[] bad = [.. states.Where(s => s.Refused is not null || s.Unresolved).Select(s => s.Node.Listener.Name)];
        Problem? none = bad.Length == states.Length ? GatewayNode.NoListener(bad) : null;
        Problem? refused = draft.NotAllowed ?? (IsTrue(gateway, Conditions.Accepted)
            ? none
            : new Problem(Reasons.ParentNotAccepted, $"Gateway {draft.Set.ParentKey} is not accepted"));
        Condition accepted = refused is null && bad.Length > 0
            ? Conditions.True(Conditions.Accepted, Reasons.ListenersNotValid, $"some listeners are not valid: {Conditions.Names(bad)}", generation)
            : Conditions.Of(Conditions.Accepted, refused, Reasons.Accepted, "ListenerSet is accepted", generation);
        Problem? idle = draft.NotAllowed ?? (IsTrue(gateway, Conditions.Programmed)
            ? none ?? Unbound(states)
            : new Problem(Reasons.ParentNotProgrammed, $"Gateway {draft.Set.ParentKey} is not programmed"));
        return new ListenerSetNode(
            draft.Set,
            draft.NotAllowed,
            [accepted, Conditions.Of(Conditions.Programmed, idle, Reasons.Programmed, "served on the addresses of its Gateway", generation)]);
    }

    private static Problem? Unbound(ImmutableArray<ListenerState> states) => states.Any(s => s.Programmed is null)
        ? null
        : new Problem(Reasons.PortUnavailable, states.Select(s => s.BindFailure).FirstOrDefault(f => f is not null) ?? "no listener is served");

    private static bool IsTrue(ImmutableArray<Condition> conditions, string type) =>
        conditions.Any(c => c.Type == type && c.Status == "True");
}
