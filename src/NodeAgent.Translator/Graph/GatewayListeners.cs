using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator.Graph;

/// <summary>The listeners of a Gateway and its ListenerSets as one list.</summary>
internal static class GatewayListeners
{
    /// <summary>
    /// Many teams may share a Gateway, but each port costs sockets on every node and each listener a place in its
    /// tables; far more than this is a mistake or worse.
    /// </summary>
    private const int MaxListeners = 4096;

    /// <summary>
    /// In order of precedence: first what each spec says, then conflicts between them, then what they refer to; a
    /// missing certificate never gives a listener's place to another.
    /// </summary>
    public static ImmutableArray<ListenerNode> Of(
        Gateway gateway, ImmutableArray<ListenerSetDraft> sets, EffectiveParameters parameters, ObjectIndex index)
    {
        ImmutableArray<ListenerNode> listeners =
        [
            .. gateway.Listeners.Select((l, i) => ListenerSpec.Read(gateway, i, l, index)),
            .. sets.Where(s => s.NotAllowed is null).SelectMany(s => s.Set.Listeners.Select((l, i) => ListenerSpec.Read(s.Set, i, l, index))),
        ];
        listeners = Cut(ListenerConflicts.Mark(listeners));
        return ListenerOverlaps.Mark([.. listeners.Select(l => Resolve(l, gateway, parameters, index))]);
    }

    private static ListenerNode Resolve(ListenerNode node, Gateway gateway, EffectiveParameters parameters, ObjectIndex index)
    {
        ListenerReferences references = ListenerReferences.Of(node, gateway, parameters, index);
        return node with { References = references, Refused = node.Refused ?? references.Refusal };
    }

    private static ImmutableArray<ListenerNode> Cut(ImmutableArray<ListenerNode> listeners)
    {
        int accepted = 0;
        return
        [
            .. listeners.Select(l => l.Accepted && ++accepted > MaxListeners
                ? l with { Refused = new Problem(Reasons.TooManyListeners, $"the Gateway has {MaxListeners} listeners with precedence already") }
                : l),
        ];
    }
}
