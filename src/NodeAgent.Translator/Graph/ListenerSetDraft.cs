using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>A ListenerSet that names a Gateway of ours.</summary>
/// <param name="NotAllowed">Why the Gateway does not take it; then its listeners are not looked at.</param>
internal sealed record ListenerSetDraft(ListenerSet Set, Problem? NotAllowed)
{
    /// <summary>In order of precedence: the oldest first, then by namespace/name.</summary>
    public static ImmutableArray<ListenerSetDraft> Of(Gateway gateway, ObjectIndex index) =>
    [
        .. index.Linked<ListenerSet>($"Gateway/{gateway.Meta.Key}")
            .OrderBy(s => s.Meta.CreatedAt).ThenBy(s => s.Meta.Key, StringComparer.Ordinal)
            .Select(s => new ListenerSetDraft(s, Check(s, gateway, index))),
    ];

    private static Problem? Check(ListenerSet set, Gateway gateway, ObjectIndex index) =>
        RouteNamespaces.Allows(gateway.AllowedListeners, gateway.Meta.Namespace, set.Meta.Namespace, index)
            ? null
            : new Problem(Reasons.NotAllowed, $"Gateway {gateway.Meta.Key} does not take ListenerSets of namespace {set.Meta.Namespace}")
            {
                Field = "spec.parentRef",
                Mend = "the Gateway's spec.allowedListeners.namespaces must let this namespace in",
            };
}
