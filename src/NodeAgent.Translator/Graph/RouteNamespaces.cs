using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>allowedRoutes.namespaces and allowedListeners.namespaces: which namespaces' objects may attach.</summary>
internal static class RouteNamespaces
{
    public static bool IsValid(AllowedRoutes allowed) => allowed.From switch
    {
        "Same" or "All" or "None" => true,
        "Selector" => allowed.Selector is not null
            && allowed.Selector.MatchExpressions.All(e => e.Operator is "In" or "NotIn" or "Exists" or "DoesNotExist"),
        _ => false,
    };

    /// <param name="own">The namespace of whoever allows: what From=Same means.</param>
    public static bool Allows(AllowedRoutes allowed, string own, string other, ObjectIndex index) =>
        Allows(new NamespaceChoice(allowed.From, allowed.Selector), own, other, index);

    public static bool Allows(NamespaceChoice allowed, string own, string other, ObjectIndex index) => allowed.From switch
    {
        "All" => true,
        "Same" => own == other,
        "Selector" => allowed.Selector is not null && Selects(allowed.Selector, index.NamespaceLabels(other)),
        _ => false,
    };

    /// <summary>An empty selector selects everything, as everywhere in Kubernetes.</summary>
    public static bool Selects(LabelSelector selector, ImmutableSortedDictionary<string, string> labels) =>
        selector.MatchLabels.All(l => labels.TryGetValue(l.Key, out string? value) && value == l.Value)
        && selector.MatchExpressions.All(e => Holds(e, labels));

    private static bool Holds(LabelRequirement requirement, ImmutableSortedDictionary<string, string> labels)
    {
        bool exists = labels.TryGetValue(requirement.Key, out string? value);
        return requirement.Operator switch
        {
            "In" => exists && requirement.Values.Contains(value!),
            "NotIn" => !exists || !requirement.Values.Contains(value!),
            "Exists" => exists,
            "DoesNotExist" => !exists,
            _ => false,
        };
    }
}
