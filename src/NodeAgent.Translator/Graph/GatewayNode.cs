using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A Gateway of a class of ours.</summary>
/// <param name="Addresses">Where its valid listeners are served; empty when it is not served at all.</param>
/// <param name="ListenerConditions">One list per listener, in the listeners' order.</param>
internal sealed record GatewayNode(
    GatewayDraft Draft,
    AddressAward? Award,
    ImmutableSortedDictionary<string, string> BindFailures,
    ImmutableArray<string> Addresses,
    ImmutableArray<Condition> OwnConditions,
    ImmutableArray<ImmutableArray<Condition>> ListenerConditions)
{
    public Gateway Gateway => Draft.Gateway;

    public ImmutableArray<ListenerNode> Listeners => Draft.Listeners;

    public bool Served => !Addresses.IsEmpty;

    /// <summary>What the resource of this Gateway refers to.</summary>
    public ImmutableArray<SnapshotTarget> Targets => Served ? Draft.Targets : [];

    /// <summary>Whether <see cref="Of"/> would give the same again.</summary>
    public bool IsOf(GatewayDraft draft, AddressAward? award, ImmutableSortedDictionary<string, string> bindFailures) =>
        ReferenceEquals(Draft, draft)
        && Award?.Problem == award?.Problem
        && (Award?.Addresses ?? []).SequenceEqual(award?.Addresses ?? [])
        && BindFailures.SequenceEqual(bindFailures);

    /// <param name="award">Null when it is refused.</param>
    /// <param name="bindFailures">By listener name. They change what we say, never what we try to serve.</param>
    public static GatewayNode Of(GatewayDraft draft, AddressAward? award, ImmutableSortedDictionary<string, string> bindFailures)
    {
        ImmutableArray<string> addresses = award?.Addresses ?? [];
        long generation = draft.Gateway.Meta.Generation;
        ImmutableArray<ListenerState> states =
            [.. draft.Listeners.Select(l => ListenerState.Of(l, !addresses.IsEmpty, bindFailures.GetValueOrDefault(l.Listener.Name)))];
        return new GatewayNode(
            draft,
            award,
            bindFailures,
            addresses,
            [Accepted(draft.Refused, states, generation), Programmed(draft.Refused, award, states, generation)],
            [.. states.Select(s => s.ToConditions(generation))]);
    }

    public static Problem NoListener(IReadOnlyCollection<string> names) =>
        new(Reasons.ListenersNotValid, $"no listener is valid: {Conditions.Names(names)}");

    private static Condition Accepted(Problem? refused, ImmutableArray<ListenerState> states, long generation)
    {
        string[] bad = [.. states.Where(s => s.Refused is not null).Select(s => s.Node.Listener.Name)];
        if (refused is null && bad.Length == states.Length)
        {
            refused = NoListener(bad);
        }

        return bad.Length == 0 || refused is not null
            ? Conditions.Of(Conditions.Accepted, refused, Reasons.Accepted, "Gateway is accepted", generation)
            : Conditions.True(
                Conditions.Accepted,
                Reasons.ListenersNotValid,
                $"some listeners are not valid: {Conditions.Names(bad)}",
                generation);
    }

    private static Condition Programmed(Problem? refused, AddressAward? award, ImmutableArray<ListenerState> states, long generation)
    {
        Problem? problem = refused is null ? award?.Problem : new Problem(Reasons.Invalid, "Gateway is not accepted");
        if (problem is null && !states.Any(s => s.Programmed is null))
        {
            problem = new Problem(Reasons.Invalid, states.Select(s => s.BindFailure).FirstOrDefault(f => f is not null) ?? "no listener is served");
        }

        return Conditions.Of(
            Conditions.Programmed,
            problem,
            Reasons.Programmed,
            $"served on {string.Join(", ", award?.Addresses ?? [])}",
            generation);
    }
}
