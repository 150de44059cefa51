using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A Gateway of a class of ours, with its ListenerSets.</summary>
/// <param name="Addresses">Where its valid listeners are served; empty when it is not served at all.</param>
/// <param name="ListenerConditions">One list per listener, in the order of <see cref="Listeners"/>.</param>
internal sealed record GatewayNode(
    GatewayDraft Draft,
    AddressAward? Award,
    ImmutableSortedDictionary<string, string> BindFailures,
    ImmutableArray<string> Addresses,
    ImmutableArray<Condition> OwnConditions,
    ImmutableArray<ImmutableArray<Condition>> ListenerConditions,
    ImmutableArray<ListenerSetNode> Sets)
{
    public Gateway Gateway => Draft.Gateway;

    /// <summary>Its own, then those of its ListenerSets; where a position in the Gateway's listeners is meant, it is one in here.</summary>
    public ImmutableArray<ListenerNode> Listeners => Draft.Listeners;

    public bool Served => !Addresses.IsEmpty;

    /// <summary>What the resource of this Gateway refers to.</summary>
    public ImmutableArray<SnapshotTarget> Targets => Served ? Draft.Targets : [];

    /// <summary>Positions in <see cref="Listeners"/> of those that stand in the spec of <paramref name="owner"/>.</summary>
    public IEnumerable<int> ListenersOf(ApiObject owner) =>
        Enumerable.Range(0, Listeners.Length).Where(i => ReferenceEquals(Listeners[i].Owner, owner));

    /// <summary>Whether <see cref="Of"/> would give the same again.</summary>
    public bool IsOf(GatewayDraft draft, AddressAward? award, ImmutableSortedDictionary<string, string> bindFailures) =>
        ReferenceEquals(Draft, draft)
        && Award?.Problem == award?.Problem
        && (Award?.Addresses ?? []).SequenceEqual(award?.Addresses ?? [])
        && BindFailures.SequenceEqual(bindFailures);

    /// <param name="award">Null when it is refused.</param>
    /// <param name="bindFailures">By <see cref="ListenerNode.Key"/>. They change what we say, never what we try to serve.</param>
    public static GatewayNode Of(GatewayDraft draft, AddressAward? award, ImmutableSortedDictionary<string, string> bindFailures)
    {
        ImmutableArray<string> addresses = award?.Addresses ?? [];
        ImmutableArray<ListenerState> states =
            [.. draft.Listeners.Select(l => ListenerState.Of(l, !addresses.IsEmpty, bindFailures.GetValueOrDefault(l.Key)))];
        ImmutableArray<Condition> own = GatewayConditions.Of(draft, award, states);
        return new GatewayNode(
            draft,
            award,
            bindFailures,
            addresses,
            own,
            [.. states.Select(s => s.ToConditions(s.Node.Owner.Meta.Generation))],
            [.. draft.Sets.Select(s => ListenerSetNode.Of(s, own, [.. states.Where(l => ReferenceEquals(l.Node.Owner, s.Set))]))]);
    }

    public static Problem NoListener(IReadOnlyCollection<string> names) =>
        new(Reasons.ListenersNotValid, $"no listener is valid: {Conditions.Names(names)}");
}
